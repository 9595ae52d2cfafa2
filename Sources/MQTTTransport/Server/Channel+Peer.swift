import NIOCore

extension Channel {
    /// The address of the other side, where that has one that tells something: not of a Unix domain socket.
    var peer: SocketAddress? {
        guard let address = remoteAddress, address.ipAddress != nil else { return nil }
        return address
    }
}
