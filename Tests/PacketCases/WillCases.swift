import MQTTPackets
import NIOCore

extension PacketCases {
    /// Wills (§3.1.2.5, §3.1.3.2).
    static let will: [PacketCase] = goodWills + badWills

    private static let goodWills: [PacketCase] = [
        good("will, the least", "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ ] s'w' s'' ]", Will(topic: "w")),
        good(
            "will of quality of service 1",
            "10 [ s'MQTT' 05 0E 00 3C [ ] s'c' [ ] s'a/b' s'bye' ]",
            Will(topic: "a/b", payload: ByteBuffer(string: "bye"), qos: .atLeastOnce)
        ),
        good(
            "will of quality of service 2, retained",
            "10 [ s'MQTT' 05 36 00 3C [ ] s'c' [ ] s'w' ( 00 FF ) ]",
            Will(topic: "w", payload: ByteBuffer(bytes: [0, 255]), qos: .exactlyOnce, retain: true)
        ),
        good(
            "will with all properties",
            """
            10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ 01 01 02 00 00 00 0A 03 s'text/plain' 08 s'reply/to' 09 ( 01 02 03 ) \
            18 00 00 00 05 26 s'a' s'1' 26 s'b' s'2' ] s'w' s'bye' ]
            """,
            Will(
                topic: "w",
                payload: ByteBuffer(string: "bye"),
                properties: WillProperties(
                    willDelayInterval: 5,
                    payloadFormatIndicator: 1,
                    messageExpiryInterval: 10,
                    contentType: "text/plain",
                    responseTopic: "reply/to",
                    correlationData: ByteBuffer(bytes: [1, 2, 3]),
                    userProperties: [UserProperty(name: "a", value: "1"), UserProperty(name: "b", value: "2")]
                )
            )
        ),
        .good(
            "will, user name and password",
            .v5,
            .toServer,
            "10 [ s'MQTT' 05 C6 00 3C [ 21 00 0A ] s'c' [ 18 00 00 00 00 ] s'w' s'x' s'u' s'p' ]",
            .connect(
                Connect(
                    clientIdentifier: "c",
                    keepAlive: 60,
                    username: "u",
                    password: ByteBuffer(string: "p"),
                    will: Will(
                        topic: "w",
                        payload: ByteBuffer(string: "x"),
                        properties: WillProperties(willDelayInterval: 0)
                    ),
                    properties: ConnectProperties(receiveMaximum: 10)
                )
            )
        ),
        good(
            "3.1.1 will",
            "10 [ s'MQTT' 04 2E 00 3C s'c' s'w' s'bye' ]",
            Will(topic: "w", payload: ByteBuffer(string: "bye"), qos: .atLeastOnce, retain: true),
            .v3_1_1
        ),
    ]

    private static let badWills: [PacketCase] = [
        bad("will of quality of service 3", "10 [ s'MQTT' 05 1E 00 3C [ ] s'c' [ ] s'w' s'' ]", .malformedPacket),
        bad("will QoS without will", "10 [ s'MQTT' 05 0A 00 3C [ ] s'c' ]", .malformedPacket),
        bad("will retain without will", "10 [ s'MQTT' 05 22 00 3C [ ] s'c' ]", .malformedPacket),
        bad("will without topic", "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ ] ]", .malformedPacket),
        bad("will without payload", "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ ] s'w' ]", .malformedPacket),
        bad("will with its payload cut", "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ ] s'w' 00 05 'bye' ]", .malformedPacket),
        bad("will with an empty topic", "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ ] s'' s'x' ]", .topicNameInvalid),
        bad("will to a wildcard", "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ ] s'w/#' s'x' ]", .topicNameInvalid),
        bad("will with a broken topic", "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ ] ( FF ) s'x' ]", .malformedPacket),
        bad(
            "will with a wildcard in its response topic",
            "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ 08 s'a/+' ] s'w' s'x' ]",
            .protocolError
        ),
        bad(
            "3.1.1 will of quality of service 3",
            "10 [ s'MQTT' 04 1E 00 3C s'c' s'w' s'' ]",
            .malformedPacket,
            .v3_1_1
        ),
        bad("3.1.1 will flags without will", "10 [ s'MQTT' 04 2A 00 3C s'c' ]", .malformedPacket, .v3_1_1),
    ]

    private static func good(
        _ name: String,
        _ notation: String,
        _ will: Will,
        _ version: ProtocolVersion = .v5
    ) -> PacketCase {
        let connect = Connect(version: version, clientIdentifier: "c", keepAlive: 60, will: will)
        return .good(name, version, .toServer, notation, .connect(connect))
    }

    private static func bad(
        _ name: String,
        _ notation: String,
        _ code: ReasonCode,
        _ version: ProtocolVersion = .v5
    ) -> PacketCase {
        .bad(name, version, .toServer, notation, code)
    }
}
