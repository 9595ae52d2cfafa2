import MQTTPackets
import NIOCore

extension PacketCases {
    /// PUBLISH (§3.3) that is accepted.
    static let publish: [PacketCase] = plainPublish + publishWithProperties + publish311

    private static let plainPublish: [PacketCase] = [
        good("PUBLISH, the least", "30 [ s't' [ ] ]", Publish(topic: "t")),
        good("PUBLISH with a payload", "30 [ s'a/b' [ ] 'hello' ]", Publish(topic: "a/b", payload: hello)),
        good("PUBLISH retained", "31 [ s'a' [ ] 'hello' ]", Publish(retain: true, topic: "a", payload: hello)),
        good(
            "PUBLISH of quality of service 1",
            "32 [ s'a' 00 01 [ ] 'hello' ]",
            Publish(qos: .atLeastOnce, topic: "a", packetIdentifier: 1, payload: hello)
        ),
        good(
            "PUBLISH of quality of service 1, again and retained",
            "3B [ s'a' FF FF [ ] 'hello' ]",
            Publish(dup: true, qos: .atLeastOnce, retain: true, topic: "a", packetIdentifier: 65_535, payload: hello)
        ),
        good(
            "PUBLISH of quality of service 2",
            "34 [ s'a' 01 00 [ ] ]",
            Publish(qos: .exactlyOnce, topic: "a", packetIdentifier: 256)
        ),
        good(
            "PUBLISH of quality of service 2, again",
            "3C [ s'a' 00 02 [ ] ]",
            Publish(dup: true, qos: .exactlyOnce, topic: "a", packetIdentifier: 2)
        ),
        good(
            "PUBLISH with a payload of zeroes",
            "32 [ s'a' 00 01 [ ] 00*16 ]",
            Publish(qos: .atLeastOnce, topic: "a", packetIdentifier: 1, payload: ByteBuffer(repeating: 0, count: 16))
        ),
        good("PUBLISH to an empty first level", "30 [ s'/a' [ ] ]", Publish(topic: "/a")),
        good("PUBLISH of 200 levels", "30 [ ( '/'*199 ) [ ] ]", Publish(topic: String(repeating: "/", count: 199))),
        good(
            "PUBLISH to a topic of 8 bytes and more",
            "30 [ s'12345678/9/0' [ ] ]",
            Publish(topic: "12345678/9/0")
        ),
        good(
            "PUBLISH to the longest topic",
            "30 [ ( 'x'*65535 ) [ ] ]",
            Publish(topic: String(repeating: "x", count: 65_535))
        ),
    ]

    private static let publishWithProperties: [PacketCase] = [
        good(
            "PUBLISH with all properties of a client",
            """
            32 [ s'a' 00 01 [ 01 01 02 00 00 00 3C 03 s'text/plain' 08 s'reply' 09 ( 01 02 ) 23 00 07 \
            26 s'k' s'v' 26 s'k' s'w' ] 'hello' ]
            """,
            Publish(
                qos: .atLeastOnce,
                topic: "a",
                packetIdentifier: 1,
                properties: PublishProperties(
                    payloadFormatIndicator: 1,
                    messageExpiryInterval: 60,
                    topicAlias: 7,
                    responseTopic: "reply",
                    correlationData: ByteBuffer(bytes: [1, 2]),
                    userProperties: [UserProperty(name: "k", value: "v"), UserProperty(name: "k", value: "w")],
                    contentType: "text/plain"
                ),
                payload: hello
            )
        ),
        good(
            "PUBLISH with subscription identifiers",
            "30 [ s'a' [ 0B 01 0B FF FF FF 7F 0B 80 01 ] ]",
            Publish(topic: "a", properties: PublishProperties(subscriptionIdentifiers: [1, 268_435_455, 128])),
            .toClient
        ),
        good(
            "PUBLISH with subscription identifiers between others",
            "30 [ s'a' [ 0B 01 26 s'k' s'v' 0B 02 ] ]",
            Publish(
                topic: "a",
                properties: PublishProperties(
                    userProperties: [UserProperty(name: "k", value: "v")],
                    subscriptionIdentifiers: [1, 2]
                )
            ),
            .toClient,
            roundTrips: false
        ),
        good(
            "PUBLISH by alias alone",
            "30 [ s'' [ 23 FF FF ] 'hello' ]",
            Publish(topic: "", properties: PublishProperties(topicAlias: 65_535), payload: hello)
        ),
        good(
            "PUBLISH of a payload that is bytes",
            "30 [ s'a' [ 01 00 ] FF ]",
            Publish(
                topic: "a",
                properties: PublishProperties(payloadFormatIndicator: 0),
                payload: ByteBuffer(bytes: [0xFF])
            )
        ),
        good(
            "PUBLISH that expires at once",
            "30 [ s'a' [ 02 00 00 00 00 ] ]",
            Publish(topic: "a", properties: PublishProperties(messageExpiryInterval: 0))
        ),
        good(
            "PUBLISH with empty texts",
            "30 [ s'a' [ 03 s'' 08 s'' 09 ( ) 26 s'' s'' ] ]",
            Publish(
                topic: "a",
                properties: PublishProperties(
                    responseTopic: "",
                    correlationData: ByteBuffer(),
                    userProperties: [UserProperty(name: "", value: "")],
                    contentType: ""
                )
            )
        ),
        good(
            "PUBLISH with expiry and alias between what passes through",
            "32 [ s'a' 00 09 [ 26 s'a' s'1' 02 00 00 00 05 26 s'b' s'2' 03 s'c' 23 00 01 01 01 ] 'x' ]",
            Publish(
                qos: .atLeastOnce,
                topic: "a",
                packetIdentifier: 9,
                properties: PublishProperties(
                    payloadFormatIndicator: 1,
                    messageExpiryInterval: 5,
                    topicAlias: 1,
                    userProperties: [UserProperty(name: "a", value: "1"), UserProperty(name: "b", value: "2")],
                    contentType: "c"
                ),
                payload: ByteBuffer(string: "x")
            ),
            roundTrips: false
        ),
        good(
            "PUBLISH with a section of more than 127 bytes",
            "30 [ s'a' [ 03 ( 'x'*200 ) ] 'hello' ]",
            Publish(
                topic: "a",
                properties: PublishProperties(contentType: String(repeating: "x", count: 200)),
                payload: hello
            )
        ),
        good(
            "PUBLISH with a property length of more bytes than it needs",
            "30 [ s'a' 80 80 00 'hello' ]",
            Publish(topic: "a", payload: hello),
            roundTrips: false
        ),
        good(
            "PUBLISH with 128 user properties",
            "30 [ s'a' [ " + Array(repeating: "26 s'n' s'v'", count: 128).joined(separator: " ") + " ] ]",
            Publish(
                topic: "a",
                properties: PublishProperties(
                    userProperties: Array(repeating: UserProperty(name: "n", value: "v"), count: 128)
                )
            )
        ),
    ]

    private static let publish311: [PacketCase] = [
        good("3.1.1 PUBLISH, the least", "30 [ s't' ]", Publish(topic: "t"), version: .v3_1_1),
        good(
            "3.1.1 PUBLISH with a payload",
            "33 [ s't' 00 01 'hello' ]",
            Publish(qos: .atLeastOnce, retain: true, topic: "t", packetIdentifier: 1, payload: hello),
            version: .v3_1_1
        ),
        good(
            "3.1.1 PUBLISH of quality of service 2, again",
            "3C [ s't' 00 01 00 ]",
            Publish(dup: true, qos: .exactlyOnce, topic: "t", packetIdentifier: 1, payload: ByteBuffer(bytes: [0])),
            version: .v3_1_1
        ),
        good(
            "3.1.1 PUBLISH to a client",
            "30 [ s't' 'hello' ]",
            Publish(topic: "t", payload: hello),
            .toClient,
            version: .v3_1_1
        ),
    ]

    private static let hello = ByteBuffer(string: "hello")

    private static func good(
        _ name: String,
        _ notation: String,
        _ publish: Publish,
        _ direction: PacketDirection = .toServer,
        version: ProtocolVersion = .v5,
        roundTrips: Bool = true
    ) -> PacketCase {
        .good(name, version, direction, notation, .publish(publish), roundTrips: roundTrips)
    }
}
