/// One MQTT control packet, as a value (MQTT 5.0 §3, MQTT 3.1.1 §3).
///
/// This is the door of the room: `MQTTPackets` turns bytes into packets and back, for MQTT 5.0 and 3.1.1, and holds the
/// protocol's words. It knows no socket, no clock and no session.
///
/// - `Words/`: versions, qualities of service, reason codes, limits and the one error.
/// - `Connecting/`, `Publishing/`, `Subscribing/`: the packets as values, with their properties.
/// - `Decoding/`: ``PacketDecoder``, which makes a ``Packet`` of bytes and checks all that one packet alone can show.
/// - `Encoding/`: ``encode(into:version:)`` and ``encodedSize(version:)``.
/// - `Views/`: the hot path of the broker: ``FixedHeader``, ``PublishView`` and ``AckView`` look at bytes where they lie.
/// - `Topics/`: topic names and filters.
package enum Packet: Sendable, Equatable {
    /// A client asks for a session (§3.1).
    case connect(Connect)
    /// The server answers a CONNECT (§3.2).
    case connack(ConnAck)
    /// A message (§3.3).
    case publish(Publish)
    /// The answer to a PUBLISH of quality of service 1 (§3.4).
    case puback(PubAck)
    /// The first answer to a PUBLISH of quality of service 2 (§3.5).
    case pubrec(PubRec)
    /// The answer to a PUBREC (§3.6).
    case pubrel(PubRel)
    /// The answer to a PUBREL (§3.7).
    case pubcomp(PubComp)
    /// A client asks for subscriptions (§3.8).
    case subscribe(Subscribe)
    /// The answer to a SUBSCRIBE (§3.9).
    case suback(SubAck)
    /// A client gives subscriptions back (§3.10).
    case unsubscribe(Unsubscribe)
    /// The answer to an UNSUBSCRIBE (§3.11).
    case unsuback(UnsubAck)
    /// A client shows that it is alive (§3.12).
    case pingreq
    /// The answer to a PINGREQ (§3.13).
    case pingresp
    /// The last packet of a connection (§3.14).
    case disconnect(Disconnect)
    /// A step of enhanced authentication (§3.15); MQTT 5.0 only.
    case auth(Auth)

    /// The type that stands in the fixed header of this packet.
    package var type: PacketType {
        switch self {
        case .connect: .connect
        case .connack: .connack
        case .publish: .publish
        case .puback: .puback
        case .pubrec: .pubrec
        case .pubrel: .pubrel
        case .pubcomp: .pubcomp
        case .subscribe: .subscribe
        case .suback: .suback
        case .unsubscribe: .unsubscribe
        case .unsuback: .unsuback
        case .pingreq: .pingreq
        case .pingresp: .pingresp
        case .disconnect: .disconnect
        case .auth: .auth
        }
    }
}
