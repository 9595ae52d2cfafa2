import BrokerAuthentication
import MQTTTransport
import NIOCore

/// What the shell knows of who is at the other end of a connection, before anything is proven.
extension BrokerShell {
    /// How the clients of a connection's listener prove who they are; nil for not at all.
    func authentication(of connection: TransportConnection) -> RunningAuthentication? {
        guard let number = connection.origin.listener, authentications.indices.contains(number) else { return nil }
        return authentications[number]
    }

    /// Where a connection comes from.
    func peer(of connection: TransportConnection) -> AuthenticationPeer {
        let origin = connection.origin
        return AuthenticationPeer(
            listener: origin.listener.map { listeners[$0].configuration.name } ?? "",
            address: origin.peer?.ipAddress,
            isLocal: origin.peer.map(Self.isLocal) ?? true,
            certificates: origin.certificates
        )
    }

    /// Whether an address is this machine's own.
    static func isLocal(_ address: SocketAddress) -> Bool {
        switch address {
        case .unixDomainSocket: true
        case .v4: address.ipAddress?.hasPrefix("127.") ?? false
        case .v6: address.ipAddress == "::1" || address.ipAddress?.hasPrefix("::ffff:127.") ?? false
        }
    }
}
