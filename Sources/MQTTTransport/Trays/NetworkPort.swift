package import NIOCore

/// The owner's side of a loop of connections: brings what happened there to the owner, and what the owner says there, a tray at a time.
///
/// It lives on the owner's loop.
package final class NetworkPort {
    private let owner: any ServerConnectionOwner
    let loop: any EventLoop
    /// The connections by their slot.
    private var connections: [PortConnection?] = []
    private var tray = CommandTray()
    private var spare: [CommandTray] = []
    /// Trays of the other loop that are done, to be given back with the next tray.
    private var done: [EventTray] = []
    private var doneBytes = 0
    private var isFlushScheduled = false
    private var isEnded = false
    /// What comes from the other loop.
    let inbox = Mailbox<EventTray>()
    // Safe because it is opened on its loop only.
    private var network: NIOLoopBound<NetworkLoop>?
    private var outbox = Mailbox<CommandTray>()

    private init(owner: any ServerConnectionOwner, loop: any EventLoop) {
        self.owner = owner
        self.loop = loop
    }

    /// Lets connections live on a loop of their own, away from their owner.
    ///
    /// - Parameters:
    ///   - loop: The loop of the connections.
    ///   - owner: The owner's home.
    /// - Returns: The home of the connections; and the port, which is to be ended before that loop is.
    /// - Throws: What a loop throws that has ended.
    // Safe because the bound port is opened on the owner's loop only.
    package static func open(
        on loop: any EventLoop,
        for owner: ConnectionHome
    ) async throws -> (home: ConnectionHome, port: NIOLoopBound<NetworkPort>) {
        let ownerLoop = owner.loop
        let (port, inbox) = try await ownerLoop.submit {
            let port = NetworkPort(owner: owner.owner, loop: ownerLoop)
            // Safe because this closure runs on that loop.
            return (NIOLoopBound(port, eventLoop: ownerLoop), port.inbox)
        }.get()
        let (network, home, outbox) = try await loop.submit {
            let network = NetworkLoop(loop: loop, outbox: inbox) {
                ownerLoop.execute { port.value.takeTrays() }
            }
            // Safe because this closure runs on that loop.
            return (NIOLoopBound(network, eventLoop: loop), ConnectionHome(loop: loop, owner: network), network.inbox)
        }.get()
        try await ownerLoop.submit {
            port.value.network = network
            port.value.outbox = outbox
        }.get()
        return (home, port)
    }

    /// Says what is still to be said, and hears nothing any more.
    package func end() {
        flush()
        isEnded = true
        connections = []
        network = nil
    }

    // MARK: From the connections

    func takeTrays() {
        guard !isEnded else { return }
        var trays = inbox.take()
        for index in trays.indices {
            // Moved out, so that nobody else holds its storage.
            var tray = EventTray()
            swap(&tray, &trays[index])
            take(&tray)
            tray.clear()
            doneBytes += tray.brought
            done.append(tray)
        }
        if doneBytes >= TrayLimits.unreturnedReceivedBytes || done.count >= TrayLimits.unreturnedTrays { giveBack() }
    }

    private func take(_ tray: inout EventTray) {
        while let returned = tray.returned.popLast() { takeBack(returned) }
        var (offset, origin) = (0, 0)
        for event in tray.events {
            let slot = Int(event.slot)
            switch event.kind {
            case .opened:
                open(event.slot, from: tray.origins[origin])
                origin += 1
            case .received:
                let end = offset + Int(event.count)
                connections[slot]?.receive(tray.bytes.readableBytesUInt8Span.extracting(offset..<end))
                offset = end
            case .gotRoom: connections[slot]?.roomChanged(true)
            case .lostRoom: connections[slot]?.roomChanged(false)
            case .closed:
                connections[slot]?.end()
                connections[slot] = nil
                tell(.forget, event.slot)
            }
        }
    }

    private func open(_ slot: Int32, from origin: ConnectionOrigin) {
        while connections.count <= Int(slot) { connections.append(nil) }
        let connection = PortConnection(port: self, owner: owner, slot: slot, origin: origin)
        connections[Int(slot)] = connection
        connection.open()
    }

    private func takeBack(_ returned: consuming CommandTray) {
        for command in returned.commands where command.kind == .send {
            // A slot that was forgotten is not another's before this tray has come back.
            connections[Int(command.slot)]?.arrived(Int(command.count))
        }
        guard spare.count < TrayLimits.spareTrays else { return }
        returned.clear()
        spare.append(returned)
    }

    // MARK: To the connections

    func tell(_ kind: ConnectionCommand.Kind, _ slot: Int32) {
        tray.commands.append(.init(kind: kind, slot: slot))
        scheduleFlush()
    }

    func send(_ bytes: consuming ByteBuffer, _ slot: Int32) {
        let count = tray.bytes.writeBuffer(&bytes)
        tray.commands.append(.init(kind: .send, slot: slot, count: Int32(count)))
        scheduleFlush()
    }

    func close(_ slot: Int32, after bytes: consuming ByteBuffer, _ deadline: TimeAmount) {
        let count = tray.bytes.writeBuffer(&bytes)
        tray.commands.append(.init(kind: .close, slot: slot, count: Int32(count)))
        tray.deadlines.append(deadline)
        scheduleFlush()
    }

    /// Gives trays back that are done, unless the owner wants to hear no more for now.
    func giveBack() {
        if !done.isEmpty, !owner.isReadingPaused { scheduleFlush() }
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        // Safe because everything here runs on the loop.
        loop.assumeIsolated().execute { self.flush() }
    }

    private func flush() {
        isFlushScheduled = false
        guard !isEnded, let network else { return }
        if !owner.isReadingPaused {
            swap(&tray.returned, &done)
            doneBytes = 0
        }
        guard !tray.isEmpty else { return }
        var next = spare.popLast() ?? CommandTray()
        swap(&tray, &next)
        if outbox.put(next) { network.eventLoop.execute { network.value.takeTrays() } }
    }
}
