package import NIOCore

/// A listening socket, on a loop of either kind.
package enum ListeningSocket: Sendable {
    /// One of SwiftNIO.
    case channel(any Channel)
    #if os(Linux)
    /// One of a ``SocketLoop``.
    case socket(SocketListener)
    #endif

    /// Where it listens, with the port that the system chose.
    package var address: SocketAddress? {
        switch self {
        case .channel(let channel): channel.localAddress
        #if os(Linux)
        case .socket(let listener): listener.address
        #endif
        }
    }

    /// Stops listening.
    package func close() async {
        switch self {
        case .channel(let channel): try? await channel.close().get()
        #if os(Linux)
        case .socket(let listener): await listener.close()
        #endif
        }
    }
}
