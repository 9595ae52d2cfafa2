/// Who decides about the connections of a listener; lives on their event loop.
package protocol ServerConnectionOwner: AnyObject {
    /// What it calls a connection by.
    associatedtype Handle

    /// While true, no connection reads from its socket.
    var isReadingPaused: Bool { get }

    /// A connection was accepted; nil closes it at once.
    func connectionOpened(_ connection: ServerConnection<Self>) -> Handle?

    /// Bytes came in, from the start of a packet; returns how many were taken.
    func connectionReceived(_ bytes: Span<UInt8>, on handle: Handle) -> Int

    /// The socket takes more, or takes no more.
    func connectionWritabilityChanged(_ isWritable: Bool, on handle: Handle)

    /// The connection is gone.
    func connectionClosed(_ handle: Handle)
}
