import NIOCore

/// A connection that lives on another loop, as its owner sees it on this one.
final class PortConnection: TransportConnection {
    private let port: NetworkPort
    private let owner: any ServerConnectionOwner
    private let slot: Int32
    /// What the owner calls this connection by; negative before it is known to it and after it was told of the end.
    private var handle: Int32 = -1
    /// What the owner did not take: the beginning of a packet, or all that came after the owner paused.
    private var pending = ByteBuffer()
    /// Bytes on their way to the socket's loop.
    private var onTheWay = 0
    /// Too much is on its way.
    private var isFull = false
    /// The socket takes more without piling it up.
    private var hasRoom = true
    /// What the other loop was told of reading.
    private var isPaused = false
    private var isClosing = false
    /// The socket is gone.
    private var isEnded = false

    init(port: NetworkPort, owner: any ServerConnectionOwner, slot: Int32, origin: ConnectionOrigin) {
        self.port = port
        self.owner = owner
        self.slot = slot
        super.init(origin: origin)
    }

    /// Tells the owner of it; a connection that it does not want is closed.
    func open() {
        if let handle = owner.connectionOpened(self) { self.handle = handle } else { abort() }
    }

    // MARK: What came

    func receive(_ bytes: Span<UInt8>) {
        guard handle >= 0, !isClosing else { return }
        guard pending.readableBytes == 0 else {
            keep(bytes)
            presentAgain()
            return
        }
        let taken = owner.connectionReceived(bytes, on: handle)
        if taken < bytes.count, handle >= 0 { keep(bytes.extracting(taken...)) }
    }

    private func keep(_ bytes: Span<UInt8>) {
        // Safe because the bytes are copied inside the closure.
        bytes.withUnsafeBytes { _ = pending.writeBytes($0) }
    }

    override func presentAgain() {
        guard handle >= 0, !isClosing, pending.readableBytes > 0 else { return }
        let taken = owner.connectionReceived(pending.readableBytesUInt8Span, on: handle)
        pending.moveReaderIndex(forwardBy: taken)
        if pending.readableBytes == 0 { pending = ByteBuffer() } else { pending.discardReadBytes() }
        if isEnded { leaveOnceTaken() }
    }

    override func readingMayHavePaused() {
        let pauses = isReadingPaused || isThrottled || isHeld
        guard pauses != isPaused, !isEnded else { return }
        isPaused = pauses
        port.tell(pauses ? .pause : .resume, slot)
    }

    // The pause of all ends with this, too: what was kept back for it is given back.
    override func resumeReading() { port.giveBack() }

    // MARK: What goes out

    // What is for a socket that is gone goes nowhere, and need not wait for that.
    override var isWritable: Bool { isEnded || (hasRoom && !isFull) }

    override func send(_ bytes: borrowing ByteBuffer) {
        guard !isClosing, !isEnded else { return }
        port.send(copy bytes, slot)
        onTheWay += bytes.readableBytes
        if onTheWay > ServerListener.writeBufferWaterMark.high { isFull = true }
    }

    /// Bytes are with the socket.
    func arrived(_ count: Int) {
        onTheWay -= count
        guard isFull, onTheWay < ServerListener.writeBufferWaterMark.low else { return }
        isFull = false
        if hasRoom, handle >= 0 { owner.connectionWritabilityChanged(true, on: handle) }
    }

    func roomChanged(_ hasRoom: Bool) {
        self.hasRoom = hasRoom
        if handle >= 0, !isFull { owner.connectionWritabilityChanged(hasRoom, on: handle) }
    }

    // MARK: The end

    override func close(after bytes: ByteBuffer, deadline: TimeAmount) {
        guard !isClosing else { return }
        isClosing = true
        if isEnded { leave() } else { port.close(slot, after: bytes, deadline) }
    }

    override func abort() {
        if !isEnded { port.tell(.abort, slot) }
        isClosing = true
        leave()
    }

    /// The socket is gone.
    ///
    /// What came before its end and was not taken yet is taken first, as if the end had not been read yet.
    func end() {
        isEnded = true
        guard pending.readableBytes > 0, !isClosing else {
            leave()
            return
        }
        // Then it is known whether the owner waits for something before it takes more.
        port.loop.executeBehindTurn { self.leaveOnceTaken() }
    }

    private func leaveOnceTaken() {
        if !isThrottled, !isHeld { leave() }
    }

    private func leave() {
        pending = ByteBuffer()
        guard handle >= 0 else { return }
        let told = handle
        handle = -1
        owner.connectionClosed(told)
    }
}
