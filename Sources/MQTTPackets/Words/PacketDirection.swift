/// Which way a packet goes; some packets, properties and reason codes may go one way only (MQTT 5.0 §2.1.2).
package enum PacketDirection: Sendable, Hashable {
    /// From a client to a server.
    case toServer
    /// From a server to a client.
    case toClient

    /// Whether the protocol lets a packet of this type go this way.
    ///
    /// - Parameters:
    ///   - type: The type of the packet.
    ///   - version: The version of the connection: a 3.1.1 server never sends DISCONNECT.
    /// - Returns: False where receiving it is a protocol error.
    package func allows(_ type: PacketType, version: ProtocolVersion) -> Bool {
        switch type {
        case .connect, .subscribe, .unsubscribe, .pingreq: self == .toServer
        case .connack, .suback, .unsuback, .pingresp: self == .toClient
        case .disconnect: self == .toServer || version == .v5
        case .publish, .puback, .pubrec, .pubrel, .pubcomp, .auth: true
        }
    }
}
