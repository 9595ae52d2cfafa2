#if os(Linux)
import Glibc
package import NIOCore

/// One accepted connection on a ``SocketLoop``: brings bytes to its owner and takes bytes from it, and decides nothing.
///
/// Bytes that the owner does not take (a part of a packet) are kept here and presented again, with more behind them.
package final class SocketConnection: TransportConnection {
    /// Room made for the rest of a packet that did not come whole.
    private static let pendingRoom = 16 << 10

    let number: UInt32
    private let loop: SocketLoop
    private let owner: any ServerConnectionOwner
    /// Who is told of its end; it was admitted.
    private let gate: (any ConnectionGate)?
    /// Negative once it is closed.
    private var descriptor: CInt
    private var interest: SocketPoller.Events = .readable
    /// What the owner calls this connection by; negative before it is known to it and after it was told of the end.
    private var handle: Int32 = -1
    /// The beginning of a packet.
    private var pending = ByteBuffer()
    /// What the socket did not take yet.
    private var unsent = ByteBuffer()
    private var hasRoom = true
    /// Nothing more is read; the connection ends when everything is sent.
    private var isClosing = false

    private init(
        _ descriptor: CInt,
        on loop: SocketLoop,
        owner: any ServerConnectionOwner,
        origin: ConnectionOrigin,
        gate: (any ConnectionGate)?
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.owner = owner
        self.gate = gate
        number = loop.makeNumber()
        super.init(origin: origin)
    }

    /// Takes over a connected socket, such as one end of a socketpair; on the loop.
    ///
    /// - Parameters:
    ///   - descriptor: The socket; closed with the connection, or now when the owner does not want it.
    ///   - loop: The loop of the connection, and of its owner.
    ///   - owner: Who decides about it.
    /// - Throws: ``SocketError`` when it cannot be watched; it is closed then.
    package static func adopt(
        _ descriptor: CInt,
        on loop: SocketLoop,
        owner: any ServerConnectionOwner
    ) throws(SocketError) {
        loop.preconditionInEventLoop()
        guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 else {
            let error = SocketError("fcntl")
            _ = Glibc.close(descriptor)
            throw error
        }
        try open(descriptor, on: loop, owner: owner, origin: ConnectionOrigin(), gate: nil)
    }

    /// Closes a socket that nobody takes over.
    package static func discard(_ descriptor: CInt) { _ = Glibc.close(descriptor) }

    /// Begins with a socket that does not block, and that its gate admitted; closes it, and tells the gate, when it throws.
    static func open(
        _ descriptor: CInt,
        on loop: SocketLoop,
        owner: any ServerConnectionOwner,
        origin: ConnectionOrigin,
        gate: (any ConnectionGate)?
    ) throws(SocketError) {
        let connection = SocketConnection(descriptor, on: loop, owner: owner, origin: origin, gate: gate)
        do throws(SocketError) {
            try loop.watch(descriptor, connection.number, .readable, .connection(connection))
        } catch {
            _ = Glibc.close(descriptor)
            gate?.left()
            throw error
        }
        guard let handle = owner.connectionOpened(connection) else {
            connection.finish()
            return
        }
        connection.handle = handle
    }

    // MARK: Reading

    func handle(_ events: SocketPoller.Events) {
        if events.contains(.writable) { sendRest() }
        guard descriptor >= 0 else { return }
        if events.contains(.readable), interest.contains(.readable) {
            // The owner's pause is noticed at the next bytes: it need not tell every connection that it begins.
            if owner.isReadingPaused { watchAgain() } else { read() }
        } else if !events.isDisjoint(with: .gone) {
            finish()
        }
    }

    private func read() {
        if pending.readableBytes > 0 {
            readBehindPending()
            return
        }
        let count = receive(into: loop.receiveArea)
        guard count > 0 else { return }
        // Safe because the area is the loop's, and the owner uses the bytes only inside the call.
        let bytes = Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: loop.receiveArea[..<count]))
        let taken = isClosing ? count : owner.connectionReceived(bytes, on: handle)
        guard taken < count, descriptor >= 0 else { return }
        pending.writeBytes(UnsafeRawBufferPointer(rebasing: loop.receiveArea[taken..<count]))
    }

    private func readBehindPending() {
        // Safe because the pointer is used only inside the closure, and as many bytes are counted as were received.
        pending.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pendingRoom) { room in
            max(0, receive(into: room))
        }
        presentAgain()
    }

    package override func presentAgain() {
        guard handle >= 0, descriptor >= 0, !isClosing, pending.readableBytes > 0 else { return }
        let taken = owner.connectionReceived(pending.readableBytesUInt8Span, on: handle)
        pending.moveReaderIndex(forwardBy: taken)
        if pending.readableBytes == 0 { pending = ByteBuffer() } else { pending.discardReadBytes() }
    }

    /// Returns how many bytes came; with 0 or fewer there is nothing to do, and the connection may be gone.
    // Safe because the room is used only inside the call, and no more is written than it holds.
    private func receive(into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = recv(descriptor, room.baseAddress, room.count, 0)
        if count > 0 { return count }
        // Nothing to read, after all: it is tried again.
        if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
        finish()
        return -1
    }

    override func readingMayHavePaused() { watchAgain() }

    package override func resumeReading() { watchAgain() }

    // MARK: Writing

    package override var isWritable: Bool { hasRoom && descriptor >= 0 }

    package override func send(_ bytes: borrowing ByteBuffer) {
        guard descriptor >= 0 else { return }
        guard unsent.readableBytes == 0 else {
            var rest = copy bytes
            unsent.writeBuffer(&rest)
            measureRoom()
            return
        }
        let sent = write(bytes)
        guard sent < bytes.readableBytes, descriptor >= 0 else { return }
        unsent.writeBytes(bytes.readableBytesView.dropFirst(sent))
        watchAgain()
        measureRoom()
    }

    /// Returns how many bytes the socket took.
    private func write(_ bytes: borrowing ByteBuffer) -> Int {
        // Safe because the pointer is used only inside the closure.
        let count = bytes.withUnsafeReadableBytes { bytes in
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        if errno != EAGAIN, errno != EINTR {
            // The peer is gone. Not told from inside of a call of the owner's: the socket reports it in the next round.
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
        return 0
    }

    private func sendRest() {
        let sent = write(unsent)
        unsent.moveReaderIndex(forwardBy: sent)
        if unsent.readableBytes == 0 {
            unsent = ByteBuffer()
            if isClosing {
                finish()
                return
            }
            watchAgain()
        }
        measureRoom()
    }

    private func measureRoom() {
        let waits = unsent.readableBytes
        let mark = ServerListener.writeBufferWaterMark
        guard hasRoom ? waits > mark.high : waits < mark.low else { return }
        hasRoom.toggle()
        if handle >= 0 { owner.connectionWritabilityChanged(hasRoom, on: handle) }
    }

    private func watchAgain() {
        guard descriptor >= 0 else { return }
        var wanted: SocketPoller.Events = []
        if !isReadingPaused, !isThrottled, !isHeld, !owner.isReadingPaused { wanted.insert(.readable) }
        if unsent.readableBytes > 0 { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        loop.change(descriptor, number, wanted)
    }

    // MARK: The end

    package override func close(after bytes: ByteBuffer, deadline: TimeAmount) {
        guard descriptor >= 0, !isClosing else { return }
        isClosing = true
        send(bytes)
        guard unsent.readableBytes > 0 else {
            finish()
            return
        }
        // Safe because it runs on the loop of the connection.
        loop.assumeIsolated().scheduleTask(in: deadline) { self.finish() }
    }

    package override func abort() {
        isClosing = true
        finish()
    }

    private func finish() {
        guard descriptor >= 0 else { return }
        loop.close(descriptor)
        descriptor = -1
        unsent = ByteBuffer()
        gate?.left()
        guard handle >= 0 else { return }
        let told = handle
        handle = -1
        owner.connectionClosed(told)
    }
}
#endif
