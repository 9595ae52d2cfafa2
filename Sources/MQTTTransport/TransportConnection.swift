package import NIOCore

/// One accepted connection as its owner sees it: takes bytes, and can be paused and closed.
///
/// ``ServerConnection`` is one on a channel of SwiftNIO, ``SocketConnection`` one on a socket of a ``SocketLoop``. All of it happens on the loop
/// of the connection, which is its owner's.
package class TransportConnection {
    /// Where it came from.
    package let origin: ConnectionOrigin
    /// While set, nothing is read from the socket; see ``resumeReading()``.
    package final var isReadingPaused = false {
        didSet { if isReadingPaused != oldValue { readingMayHavePaused() } }
    }

    /// While set, nothing is read from the socket, because the owner takes nothing of it for now; see ``presentAgain()``.
    package final var isThrottled = false {
        didSet { if isThrottled != oldValue { readingMayHavePaused() } }
    }

    /// While set, nothing is read either: who comes by the connection is not known yet; see ``presentAgain()``.
    package final var isHeld = false {
        didSet { if isHeld != oldValue { readingMayHavePaused() } }
    }

    init(origin: ConnectionOrigin) { self.origin = origin }

    /// Whether the socket takes more without piling it up.
    package var isWritable: Bool { false }

    /// Sends bytes at once.
    ///
    /// - Parameter bytes: Whole packets; the caller may use the buffer again when this returns, if it is not held any more.
    package func send(_ bytes: borrowing ByteBuffer) {}

    /// Sends the last bytes, and closes when the socket has them, or at the deadline.
    ///
    /// - Parameters:
    ///   - bytes: What the peer is told; may be empty.
    ///   - deadline: How long it may take.
    package func close(after bytes: ByteBuffer, deadline: TimeAmount) {}

    /// Closes without a word.
    package func abort() {}

    /// Looks again at whether it may read: after a pause of its own, or of its owner.
    package func resumeReading() {}

    /// Presents again what the owner did not take, without anything new behind it.
    package func presentAgain() {}

    /// A pause began, or ended.
    func readingMayHavePaused() {}
}
