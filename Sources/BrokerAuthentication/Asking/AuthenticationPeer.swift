/// What is known of the connection by which a client comes.
package struct AuthenticationPeer: Sendable {
    /// The name of the listener.
    package var listener: String
    /// The address it comes from, without its port; nil where there is none, as with a Unix domain socket.
    package var address: String?
    /// Whether it comes from this machine.
    package var isLocal: Bool
    /// The chain of certificates that was verified, its own first, as DER; empty without one.
    package var certificates: [[UInt8]]

    /// Makes a peer.
    ///
    /// - Parameters:
    ///   - listener: The name of the listener.
    ///   - address: The address it comes from.
    ///   - isLocal: Whether it comes from this machine.
    ///   - certificates: The chain that was verified.
    package init(listener: String, address: String? = nil, isLocal: Bool, certificates: [[UInt8]] = []) {
        self.listener = listener
        self.address = address
        self.isLocal = isLocal
        self.certificates = certificates
    }
}
