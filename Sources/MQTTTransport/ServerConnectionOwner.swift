/// Who decides about the connections of a listener; lives on their event loop.
///
/// It calls a connection by a number that is not negative.
package protocol ServerConnectionOwner: AnyObject {
    /// While true, no connection reads from its socket; when it becomes false, each is told to ``TransportConnection/resumeReading()``.
    var isReadingPaused: Bool { get }

    /// A connection was accepted; nil closes it at once.
    func connectionOpened(_ connection: TransportConnection) -> Int32?

    /// Bytes came in, from the start of a packet; returns how many were taken.
    func connectionReceived(_ bytes: Span<UInt8>, on handle: Int32) -> Int

    /// The socket takes more, or takes no more.
    func connectionWritabilityChanged(_ isWritable: Bool, on handle: Int32)

    /// The connection is gone.
    func connectionClosed(_ handle: Int32)
}
