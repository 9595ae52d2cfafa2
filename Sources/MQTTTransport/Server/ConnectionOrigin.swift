package import NIOCore

/// Where a connection came from, as far as its transport has proven it.
package struct ConnectionOrigin: Sendable {
    /// What the owner calls the listener by; nil for a connection that came through none.
    package var listener: Int?
    /// The client's address: the socket's, or what a trusted proxy said; nil for a Unix domain socket.
    package var peer: SocketAddress?
    /// The client's certificate in DER, alone; empty when none was asked for or given.
    ///
    /// It was verified against the listener's authorities. What the client sent beside it is not handed on: it need not lie on the verified path.
    package var certificates: [[UInt8]] = []
    /// Whether TLS protects it.
    package var isEncrypted = false

    package init(peer: SocketAddress? = nil) {
        self.peer = peer
    }
}
