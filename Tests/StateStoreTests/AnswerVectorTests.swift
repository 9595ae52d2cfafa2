import MQTTPackets
import NIOCore
import StateStore
import Testing

/// The answers and notifications of the reference (state store §1.4, §1.7, §1.8), byte for byte.
@Suite("Answers, byte for byte")
struct AnswerVectorTests {
    static let version = StateVersion(milliseconds: 1_696_374_425_000, counter: 1, node: "StateStore")

    @Test("The table of answers")
    func answers() {
        var harness = StoreHarness()
        let (k, v) = (utf8("k"), utf8("1234"))
        #expect(harness.execute(.get(key: k)) == StoreAnswer(payload: hex("242d310d0a"), version: nil))
        let set = harness.execute(.set(key: k, value: v))
        #expect(set.payload == hex("2b4f4b0d0a") && set.version != nil)
        #expect(
            harness.execute(.get(key: k)) == StoreAnswer(payload: hex("24340d0a313233340d0a"), version: set.version)
        )
        let refused = harness.execute(.set(key: k, value: utf8("x"), condition: .absent))
        #expect(refused == StoreAnswer(payload: hex("3a2d310d0a"), version: set.version))
        #expect(harness.execute(.deleteIfEqual(key: k, value: utf8("x"))).payload == hex("3a2d310d0a"))
        let deleted = harness.execute(.deleteIfEqual(key: k, value: v))
        #expect(deleted.payload == hex("3a310d0a") && deleted.version != nil)
        #expect(harness.execute(.delete(key: k)) == StoreAnswer(payload: hex("3a300d0a"), version: nil))
        let empty = harness.execute(.set(key: k, value: []))
        let answer = harness.execute(.get(key: k))
        #expect(answer.text == "$0\r\n\r\n" && answer.version == empty.version && empty.version != nil)
    }

    @Test("Errors have their words", arguments: StateError.allCases)
    func errors(error: StateError) throws {
        let payload = written { StateAnswer.append(error, to: &$0) }
        #expect(String(decoding: payload, as: UTF8.self) == "-ERR \(error.rawValue)\r\n")
        #expect(try RESPValue.parse(payload.span).stateError == error)
    }

    @Test("The properties of an answer are those of the reference's packet")
    func answerPacket() throws {
        let packet = hex(
            """
            32eb010064636c69656e74732f776f726b65722d312f73657276696365732f737461746573746f72652f76312f46413941453335462d324636342d
            343743442d394246462d3038453242333241304645382f636f6d6d616e642f696e766f6b652f726573706f6e736500077d0100020000000a030018
            6170706c69636174696f6e2f6f637465742d73747265616d090010000102030405060708090a0b0c0d0e0f2600065f5f7374617400033230302600
            0a5f5f70726f745665720003312e302600045f5f747300203030313639363337343432353030303a30303030313a537461746553746f72652b4f4b
            0d0a
            """
        )
        #expect(packet.count == 238)
        let properties = written { out in
            StateAnswer.appendProperties(version: Self.version, correlation: Array(UInt8(0)...15).span, to: &out)
        }
        let found = try Self.properties(properties)
        #expect(found.contentType == "application/octet-stream")
        #expect(found.correlationData.map { Array($0.readableBytesView) } == Array(0...15))
        #expect(
            found.userProperties == [
                UserProperty(name: "__stat", value: "200"), UserProperty(name: "__protVer", value: "1.0"),
                UserProperty(name: "__ts", value: "001696374425000:00001:StateStore"),
            ]
        )
        #expect(
            try Self.properties(written { StateAnswer.appendProperties(version: nil, correlation: [1].span, to: &$0) })
                .userProperties.count == 2
        )
    }

    @Test("The envelope of the reference's request is read")
    func requestPacket() throws {
        let packet = hex(
            """
            32ba030041737461746573746f72652f76312f46413941453335462d324636342d343743442d394246462d3038453242333241304645382f636f6d
            6d616e642f696e766f6b650001ae020100020000000a0300186170706c69636174696f6e2f6f637465742d73747265616d080064636c69656e7473
            2f776f726b65722d312f73657276696365732f737461746573746f72652f76312f46413941453335462d324636342d343743442d394246462d3038
            453242333241304645382f636f6d6d616e642f696e766f6b652f726573706f6e7365090010000102030405060708090a0b0c0d0e0f2600075f5f73
            726349640008776f726b65722d312600045f5f7473003a3030313639363337343432353030303a30303030303a33663235303465302d346638392d
            343164332d396130632d3033303565383263333330312600095f5f70726f745665720003312e3026000a24706172746974696f6e0008776f726b65
            722d3126000e24686967685f7072696f7269747900002a360d0a24330d0a5345540d0a24380d0a4c6f636b4e616d650d0a24380d0a776f726b6572
            2d310d0a24330d0a4e45580d0a24320d0a50580d0a24350d0a31303030300d0a
            """
        )
        #expect(packet.count == 445)
        let bytes = packet.span
        let header = try #require(try FixedHeader.parse(bytes, from: 0, limits: .default))
        let view = try PublishView.parse(bytes, packetAt: 0, header: header, version: .v5, limits: .default)
        #expect(String(decoding: packet[view.topic], as: UTF8.self) == StateStore.requestTopic)
        let envelope = StateEnvelope.parse(bytes, properties: view.properties)
        #expect(envelope.timestamp == StateInstant(milliseconds: 1_696_374_425_000))
        #expect(envelope.correlation.map { Array(packet[$0]) } == Array(0...15))
        #expect(envelope.source.map { String(decoding: packet[$0], as: UTF8.self) } == "worker-1")
        #expect(envelope.fencingToken == nil && !envelope.isMalformed && !envelope.isPersistent)
        let response = "clients/worker-1/services/\(StateStore.requestTopic)/response"
        #expect(envelope.responseTopic.map { String(decoding: packet[$0], as: UTF8.self) } == response)
        let request = try StateRequest.parse(bytes, in: view.payload, envelope: envelope, offersExtension: false)
        guard case .write(let write) = request else {
            Issue.record("no write")
            return
        }
        #expect(String(decoding: packet[write.key], as: UTF8.self) == "LockName")
        #expect(String(decoding: packet[write.value], as: UTF8.self) == "worker-1")
        #expect(write.condition == .absentOrEqual && write.lifetime == 10_000)
    }

    @Test("Notifications go both ways")
    func notifications() {
        let set = hex(
            "2a340d0a24360d0a4e4f544946590d0a24330d0a5345540d0a24350d0a56414c55450d0a24330d0a6162630d0a"
        )
        let delete = hex("2a320d0a24360d0a4e4f544946590d0a24360d0a44454c4554450d0a")
        #expect(written { StateNotification.append(set: utf8("abc").span, to: &$0) } == set)
        #expect(written { StateNotification.appendDelete(to: &$0) } == delete)
        #expect(StateNotification.parse(set.span) == .set(utf8("abc")))
        #expect(StateNotification.parse(delete.span) == .delete)
        #expect(StateNotification.parse(utf8("*2\r\n$6\r\nNOTIFY\r\n$3\r\nDEL\r\n").span) == .delete)
        for text in ["", "+OK\r\n", "*2\r\n$6\r\nNOTIFY\r\n$3\r\nSET\r\n", "*1\r\n$6\r\nNOTIFY\r\n"] {
            #expect(StateNotification.parse(utf8(text).span) == nil)
        }
    }

    @Test("A notification's topic is the reference's, and is read back")
    func notificationTopics() {
        let topic = written {
            StateNotification.appendTopic(client: utf8("client-id1").span, key: utf8("SOMEKEY").span, to: &$0)
        }
        let expected =
            "clients/statestore/v1/FA9AE35F-2F64-47CD-9BFF-08E2B32A0FE8/636C69656E742D696431/command/notify/534F4D454B4559"
        #expect(String(decoding: topic, as: UTF8.self) == expected)
        #expect(StateNotification.key(ofTopic: topic.span, client: utf8("client-id1").span) == utf8("SOMEKEY"))
        #expect(StateNotification.key(ofTopic: topic.span, client: utf8("client-id2").span) == nil)
        #expect(StateNotification.key(ofTopic: utf8(expected + "0").span, client: utf8("client-id1").span) == nil)
        #expect(StateNotification.key(ofTopic: utf8(expected + "0G").span, client: utf8("client-id1").span) == nil)
    }

    @Test("Changes below a prefix go both ways")
    func changes() {
        let changes = StateChanges(entries: [
            StateChanges.Entry(key: utf8("a"), version: Self.version), StateChanges.Entry(key: [13, 10], version: nil),
        ])
        let payload = written { out in
            StateChanges.appendHeader(count: changes.entries.count, to: &out)
            for entry in changes.entries {
                StateChanges.append(key: entry.key.span, version: entry.version, to: &out)
            }
        }
        #expect(StateChanges.parse(payload.span) == changes)
        #expect(StateChanges.parse(utf8("*1\r\n*2\r\n$1\r\na\r\n$1\r\nx\r\n").span) == nil)
    }

    /// The properties as a packet's decoder reads them.
    static func properties(_ section: [UInt8]) throws -> PublishProperties {
        var buffer = ByteBuffer(bytes: [0x30])
        let length = section.count
        var body = ByteBuffer(bytes: [0, 1, UInt8(ascii: "t")])
        if length >= 128 {
            body.writeBytes([UInt8(length & 127) | 128, UInt8(length >> 7)])
        } else {
            body.writeInteger(UInt8(length))
        }
        body.writeBytes(section)
        let total = body.readableBytes
        if total >= 128 {
            buffer.writeBytes([UInt8(total & 127) | 128, UInt8(total >> 7)])
        } else {
            buffer.writeInteger(UInt8(total))
        }
        buffer.writeBuffer(&body)
        var decoder = PacketDecoder(version: .v5, limits: .default)
        guard case .publish(let publish)? = try decoder.decode(&buffer) else { throw StateError.syntax }
        return publish.properties
    }
}
