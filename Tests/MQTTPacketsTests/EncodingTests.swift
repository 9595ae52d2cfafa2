import MQTTPackets
import NIOCore
import PacketCases
import Testing

/// What the table of packets does not show of the encoder.
@Suite struct EncodingTests {
    private func bytes(_ packet: Packet, _ version: ProtocolVersion) -> [UInt8] {
        var buffer = ByteBuffer()
        packet.encode(into: &buffer, version: version)
        #expect(buffer.readableBytes == packet.encodedSize(version: version))
        return Array(buffer.readableBytesView)
    }

    @Test func leavesOutWhatVersion311CannotSay() {
        let properties = AckProperties(reasonString: "why")
        let ack = PubAck(packetIdentifier: 1, reasonCode: .quotaExceeded, properties: properties)
        #expect(bytes(.puback(ack), .v3_1_1) == [0x40, 2, 0, 1])
        let disconnect = Disconnect(reasonCode: .serverMoved, properties: DisconnectProperties(reasonString: "why"))
        #expect(bytes(.disconnect(disconnect), .v3_1_1) == [0xE0, 0])
        let suback = SubAck(
            packetIdentifier: 1,
            properties: properties,
            reasonCodes: [.grantedQoS2, .topicFilterInvalid, .quotaExceeded]
        )
        #expect(bytes(.suback(suback), .v3_1_1) == [0x90, 5, 0, 1, 2, 0x80, 0x80])
        let unsuback = UnsubAck(packetIdentifier: 1, properties: properties, reasonCodes: [.noSubscriptionExisted])
        #expect(bytes(.unsuback(unsuback), .v3_1_1) == [0xB0, 2, 0, 1])
        let filter = SubscribeFilter(filter: "a", qos: .atLeastOnce, noLocal: true, retainHandling: .sendNever)
        let subscribe = Subscribe(
            packetIdentifier: 1,
            properties: SubscribeProperties(subscriptionIdentifier: 1),
            filters: [filter]
        )
        #expect(bytes(.subscribe(subscribe), .v3_1_1) == PacketNotation.bytes("82 [ 00 01 s'a' 01 ]"))
        let publish = Publish(topic: "t", properties: PublishProperties(contentType: "x"))
        #expect(bytes(.publish(publish), .v3_1_1) == PacketNotation.bytes("30 [ s't' ]"))
        #expect(bytes(.auth(Auth()), .v3_1_1) == [])
    }

    @Test(
        arguments: [
            (ReasonCode.success, 0), (.unsupportedProtocolVersion, 1), (.clientIdentifierNotValid, 2),
            (.serverUnavailable, 3), (.serverBusy, 3), (.quotaExceeded, 3), (.unspecifiedError, 3),
            (.badUserNameOrPassword, 4), (.badAuthenticationMethod, 4), (.notAuthorized, 5), (.banned, 5),
        ] as [(ReasonCode, UInt8)]
    )
    func refusesIn311WithTheNearestReturnCode(code: ReasonCode, returnCode: UInt8) {
        #expect(bytes(.connack(ConnAck(reasonCode: code)), .v3_1_1) == [0x20, 2, 0, returnCode])
    }

    @Test func saysAMaximumOfQoS2BySayingNothing() {
        let connack = ConnAck(properties: ConnAckProperties(maximumQoS: .exactlyOnce))
        #expect(bytes(.connack(connack), .v5) == [0x20, 3, 0, 0, 0])
    }

    @Test(
        arguments: [
            (0, [0x00]), (127, [0x7F]), (128, [0x80, 0x01]), (16_383, [0xFF, 0x7F]), (16_384, [0x80, 0x80, 0x01]),
            (2_097_151, [0xFF, 0xFF, 0x7F]), (2_097_152, [0x80, 0x80, 0x80, 0x01]),
            (268_435_455, [0xFF, 0xFF, 0xFF, 0x7F]),
        ] as [(UInt32, [UInt8])]
    )
    func variableByteIntegers(value: UInt32, bytes: [UInt8]) {
        var buffer = ByteBuffer()
        VariableByteInteger.write(value, into: &buffer)
        #expect(Array(buffer.readableBytesView) == bytes)
        var array: [UInt8] = []
        VariableByteInteger.write(value, into: &array)
        #expect(array == bytes)
        #expect(VariableByteInteger.size(value) == bytes.count)
        #expect(VariableByteInteger.encoded(value).count == bytes.count)
    }

    static let unsendable: [(String, Packet, ProtocolVersion, ReasonCode)] = [
        ("a topic of 65,536 bytes", publish(topic: String(repeating: "x", count: 65_536)), .v5, .malformedPacket),
        ("a topic with U+0000", publish(topic: "a\u{0}b"), .v5, .malformedPacket),
        ("a topic with a wildcard", publish(topic: "a/#"), .v5, .topicNameInvalid),
        ("no topic", publish(topic: ""), .v5, .protocolError),
        (
            "QoS 1 without packet identifier", .publish(Publish(qos: .atLeastOnce, topic: "a")), .v5, .protocolError
        ),
        (
            "correlation data of 65,536 bytes",
            .publish(
                Publish(
                    topic: "a",
                    properties: PublishProperties(correlationData: ByteBuffer(repeating: 0, count: 65_536))
                )
            ), .v5, .malformedPacket
        ),
        (
            "a payload of 2 MiB", .publish(Publish(topic: "a", payload: ByteBuffer(repeating: 0, count: 2_097_152))),
            .v5,
            .packetTooLarge
        ),
        (
            "a subscription identifier of 268,435,456",
            .subscribe(
                Subscribe(
                    packetIdentifier: 1,
                    properties: SubscribeProperties(subscriptionIdentifier: 268_435_456),
                    filters: [SubscribeFilter(filter: "a")]
                )
            ), .v5, .malformedPacket
        ),
        (
            "a filter that is none",
            .subscribe(Subscribe(packetIdentifier: 1, filters: [SubscribeFilter(filter: "a#")])), .v5,
            .topicFilterInvalid
        ),
        ("no filter", .subscribe(Subscribe(packetIdentifier: 1, filters: [])), .v5, .protocolError),
        (
            "an UNSUBSCRIBE of a filter that is none", .unsubscribe(Unsubscribe(packetIdentifier: 1, filters: ["+a"])),
            .v3_1_1, .topicFilterInvalid
        ),
        (
            "a reason code of another packet", .puback(PubAck(packetIdentifier: 1, reasonCode: .banned)), .v5,
            .protocolError
        ),
        (
            "a 3.1.1 password without user name",
            .connect(Connect(version: .v3_1_1, clientIdentifier: "c", password: ByteBuffer(string: "p"))), .v3_1_1,
            .malformedPacket
        ),
        ("AUTH in 3.1.1", .auth(Auth()), .v3_1_1, .malformedPacket),
    ]

    private static func publish(topic: String) -> Packet { .publish(Publish(topic: topic)) }

    @Test func tellsWhatMayNotBeSent() {
        for (name, packet, version, code) in Self.unsendable {
            let error = #expect(throws: PacketError.self, "\(name)") { try packet.checkEncodable(version: version) }
            #expect(error?.reasonCode == code, "\(name)")
        }
    }

    @Test func aFieldThatTheWireCannotCarryStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer()
            let packet = Packet.publish(Publish(topic: String(repeating: "x", count: 65_536)))
            packet.encode(into: &buffer, version: .v5)
        }
    }

    @Test func codesSayWhatTheyAre() {
        #expect(ReasonCode.quotaExceeded.description == "0x97 quota exceeded")
        #expect(ReasonCode.success.description == "0x00 success")
        #expect(ReasonCode(rawValue: 0x7E).description == "0x7E unknown reason code")
        #expect(ReasonCode.unspecifiedError.isError && !ReasonCode.noMatchingSubscribers.isError)
    }
}
