import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// Statements about CONNECT and CONNACK that the other tests do not show on their way (`docs/conformance.md`).
@Suite struct ConnectStatementTests {
    /// Every way in which a CONNECT can be refused by its contents.
    private static let refusals: [@Sendable (inout Connect) -> Void] = [
        { $0.will = Will(topic: "$SYS/x", payload: ByteBuffer()) },
        { $0.properties.authenticationMethod = "unknown" },
    ]

    @Test(arguments: [1, 2, 22, 23])
    func lettersAndDigitsAreAClientIdentifier(length: Int) {
        let alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let harness = EngineHarness()
        // Windows over the alphabet, so that every character was in one.
        var rest = Substring(alphabet + alphabet.prefix(length))
        while rest.count >= length {
            let peer = harness.connect(String(rest.prefix(length)))
            #expect(peer.connAck?.reasonCode == .success, "MQTT-3.1.3-5 \(rest.prefix(length))")
            rest = rest.dropFirst(length)
        }
    }

    @Test func nothingBehindARefusedConnectIsProcessed() throws {
        for refusal in Self.refusals {
            let harness = EngineHarness()
            let reader = harness.connect("reader")
            reader.subscribe("#")
            let peer = try #require(harness.open())
            var connect = Connect(clientIdentifier: "a")
            refusal(&connect)
            var bytes = ByteBuffer()
            Packet.connect(connect).encode(into: &bytes, version: .v5)
            Packet.publish(Publish(qos: .atLeastOnce, topic: "a", packetIdentifier: 1)).encode(
                into: &bytes,
                version: .v5
            )
            Packet.subscribe(Subscribe(packetIdentifier: 2, filters: [SubscribeFilter(filter: "b", qos: .atMostOnce)]))
                .encode(into: &bytes, version: .v5)
            peer.send(bytes: Array(bytes.readableBytesView))
            #expect(peer.isClosed)
            #expect(peer.inbox.count == 1, "only the CONNACK: MQTT-3.1.4-6")
            #expect(reader.takePublishes().isEmpty)
            #expect(harness.engine.statistics.subscriptions == 1)
        }
    }

    @Test func aRefusalNeverSaysThatThereIsASession() {
        for refusal in Self.refusals {
            let harness = EngineHarness()
            harness.resume("a").disconnect()
            let peer = harness.resume("a", refusal)
            #expect(peer.connAck?.reasonCode.isError == true)
            #expect(peer.connAck?.sessionPresent == false, "MQTT-3.2.2-6")
            #expect(peer.isClosed)
        }
    }

    @Test func noUserPropertyMakesConnAckTooLarge() throws {
        let mark = UserProperty(name: "martlet", value: "1")
        let whole = EngineHarness().connect("a") { $0.properties.userProperties = [mark] }
        let size = try #require(whole.connAck.map { Packet.connack($0).encodedSize(version: .v5) })
        #expect(whole.connAck?.properties.userProperties == [mark])
        let peer = EngineHarness().connect("a") {
            $0.properties.userProperties = [mark]
            $0.properties.maximumPacketSize = UInt32(size - 1)
        }
        #expect(peer.connAck?.reasonCode == .success, "it is left out, and the rest goes on")
        #expect(peer.connAck?.properties.userProperties == [], "MQTT-3.2.2-20")
        #expect(peer.receivedBytes < size)
    }

    /// A client that wants no reasons, and one that wants them: on acknowledgements none ever come.
    @Test(arguments: [true, false])
    func acknowledgementsCarryNoStrings(isWanted: Bool) {
        let harness = EngineHarness { $0.limits.subscriptionsPerSession = 1 }
        let peer = harness.connect("a") { $0.properties.requestProblemInformation = isWanted }
        peer.subscribe("a", qos: .atLeastOnce)
        peer.subscribe("one/too/many")
        peer.subscribe("not#valid")
        peer.unsubscribe("never/there")
        peer.publish("nobody", qos: .atLeastOnce)
        peer.publish("$SYS/x", qos: .atLeastOnce)
        peer.send(.pubrel(PubRel(packetIdentifier: 77)))
        #expect(peer.inbox.count == 8)
        for packet in peer.take() {
            // The section of properties is empty or left out: MQTT-3.1.2-29, 3.4.2-2 and -3, 3.7.2-2 and -3, 3.9.2-1 and -2, 3.11.2-1 and -2.
            switch packet {
            case .puback(let answer): #expect(answer.properties == AckProperties())
            case .pubcomp(let answer): #expect(answer.properties == AckProperties())
            case .suback(let answer): #expect(answer.properties == AckProperties())
            case .unsuback(let answer): #expect(answer.properties == AckProperties())
            case .connack(let answer): #expect(answer.reasonCode == .success)
            default: Issue.record("unexpected: \(packet)")
            }
        }
        peer.send(bytes: [0x00, 0x00])
        guard case .disconnect(let disconnect) = peer.inbox.last else {
            Issue.record("no DISCONNECT")
            return
        }
        #expect((disconnect.properties.reasonString != nil) == isWanted)
        #expect(disconnect.properties.userProperties.isEmpty)
    }

    /// A second CONNECT with a fault of its own: its reason is none of DISCONNECT's.
    @Test func disconnectSaysOnlyWhatItMay() {
        let peer = EngineHarness().connect("a")
        peer.send(bytes: [0x10, 0x0D, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x07, 0x02, 0x00, 0x3C, 0x00, 0x00, 0x00])
        #expect(peer.isClosed)
        #expect(peer.disconnectReason == .protocolError, "MQTT-3.14.2-1")
    }

    @Test func noReasonStringMakesDisconnectTooLarge() throws {
        let whole = EngineHarness().connect("a")
        whole.send(bytes: [0x00, 0x00])
        guard case .disconnect(let long) = whole.inbox.last else {
            Issue.record("no DISCONNECT")
            return
        }
        #expect(long.properties.reasonString != nil)
        let size = Packet.disconnect(long).encodedSize(version: .v5)
        for most in [size - 1, size] {
            let peer = EngineHarness().connect("a") { $0.properties.maximumPacketSize = UInt32(most) }
            // A CONNACK larger than that would have ended it: then there is no DISCONNECT to look at.
            try #require(peer.connAck != nil)
            peer.send(bytes: [0x00, 0x00])
            guard case .disconnect(let disconnect) = peer.inbox.last else {
                Issue.record("no DISCONNECT")
                return
            }
            #expect(disconnect.reasonCode == .malformedPacket)
            #expect((disconnect.properties.reasonString != nil) == (most == size), "MQTT-3.14.2-3, -4")
        }
    }
}
