import NIOCore

/// Takes connections on a loop of their own: what happens there goes to their owner's loop, a tray a round.
///
/// See ``NetworkPort``, the other side.
final class NetworkLoop: ServerConnectionOwner {
    private let loop: any EventLoop
    private let tellOwner: () -> Void
    /// The connections by their slot.
    private var connections: [TransportConnection?] = []
    /// Slots that nobody speaks of any more.
    private var free: [Int32] = []
    private var tray = EventTray()
    private var spare: [EventTray] = []
    /// Trays of the owner's loop that are done, to be given back with the next tray.
    private var done: [CommandTray] = []
    private var doneBytes = 0
    /// Bytes that the owner has not taken yet.
    private var untaken = 0
    /// Connections that brought more than that may be.
    private var waiting: [Int32] = []
    /// Connections that the owner lets be read again.
    private var resumed: [Int32] = []
    private var isFlushScheduled = false
    private let outbox: Mailbox<EventTray>
    /// What comes from the owner's loop.
    let inbox = Mailbox<CommandTray>()

    init(loop: any EventLoop, outbox: Mailbox<EventTray>, tellOwner: @escaping () -> Void) {
        self.loop = loop
        self.outbox = outbox
        self.tellOwner = tellOwner
    }

    // MARK: What happens on connections

    /// Each connection is paused by itself, when too much is on its way.
    var isReadingPaused: Bool { false }

    func connectionOpened(_ connection: TransportConnection) -> Int32? {
        let slot: Int32
        if let forgotten = free.popLast() {
            slot = forgotten
            connections[Int(slot)] = connection
        } else {
            slot = Int32(connections.count)
            connections.append(connection)
        }
        tray.origins.append(connection.origin)
        add(.opened, slot)
        return slot
    }

    func connectionReceived(_ bytes: Span<UInt8>, on slot: Int32) -> Int {
        guard untaken < TrayLimits.receivedBytes else {
            if let connection = connections[Int(slot)], !connection.isThrottled {
                connection.isThrottled = true
                waiting.append(slot)
            }
            return 0
        }
        untaken += bytes.count
        // Safe because the bytes are copied inside the closure.
        bytes.withUnsafeBytes { _ = tray.bytes.writeBytes($0) }
        add(.received, slot, bytes.count)
        return bytes.count
    }

    func connectionWritabilityChanged(_ isWritable: Bool, on slot: Int32) {
        add(isWritable ? .gotRoom : .lostRoom, slot)
    }

    func connectionClosed(_ slot: Int32) {
        connections[Int(slot)] = nil
        add(.closed, slot)
    }

    private func add(_ kind: ConnectionEvent.Kind, _ slot: Int32, _ count: Int = 0) {
        tray.events.append(.init(kind: kind, slot: slot, count: Int32(count)))
        scheduleFlush()
    }

    /// Ends the round when everything that is readable in it was read.
    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        // Safe because everything here runs on the loop.
        loop.assumeIsolated().execute { self.flush() }
    }

    private func flush() {
        isFlushScheduled = false
        swap(&tray.returned, &done)
        doneBytes = 0
        guard !tray.isEmpty else { return }
        var next = spare.popLast() ?? EventTray()
        swap(&tray, &next)
        if outbox.put(next) { tellOwner() }
    }

    // MARK: What the owner says

    func takeTrays() {
        var trays = inbox.take()
        for index in trays.indices {
            // Moved out, so that nobody else holds its storage.
            var tray = CommandTray()
            swap(&tray, &trays[index])
            while let returned = tray.returned.popLast() { takeBack(returned) }
            obey(tray)
            doneBytes += tray.bytes.readableBytes
            done.append(tray)
        }
        readResumed()
        if doneBytes >= TrayLimits.unreturnedSentBytes || done.count >= TrayLimits.unreturnedTrays { scheduleFlush() }
        if untaken < TrayLimits.receivedBytes / 2, !waiting.isEmpty { readAgain() }
    }

    private func obey(_ tray: CommandTray) {
        var (offset, deadline) = (tray.bytes.readerIndex, 0)
        for command in tray.commands {
            let connection = connections[Int(command.slot)]
            switch command.kind {
            case .send:
                if let bytes = tray.bytes.getSlice(at: offset, length: Int(command.count)) { connection?.send(bytes) }
                offset += Int(command.count)
            case .close:
                let bytes = tray.bytes.getSlice(at: offset, length: Int(command.count)) ?? ByteBuffer()
                connection?.close(after: bytes, deadline: tray.deadlines[deadline])
                offset += Int(command.count)
                deadline += 1
            case .abort: connection?.abort()
            case .pause: connection?.isReadingPaused = true
            case .resume:
                connection?.isReadingPaused = false
                resumed.append(command.slot)
            case .forget: free.append(command.slot)
            }
        }
    }

    private func takeBack(_ returned: EventTray) {
        untaken -= returned.brought
        if spare.count < TrayLimits.spareTrays { spare.append(returned) }
    }

    /// Behind all that the owner said: a read that was begun is not taken back by a pause that stands further on.
    private func readResumed() {
        for slot in resumed { connections[Int(slot)]?.resumeReading() }
        resumed.removeAll(keepingCapacity: true)
    }

    private func readAgain() {
        let slots = waiting
        waiting = []
        for slot in slots {
            guard let connection = connections[Int(slot)] else { continue }
            connection.isThrottled = false
            connection.presentAgain()
            connection.resumeReading()
        }
    }
}
