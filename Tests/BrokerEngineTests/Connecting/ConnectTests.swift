import BrokerEngine
import MQTTPackets
import Testing

/// CONNECT and CONNACK (MQTT 5.0 §3.1, §3.2).
@Suite struct ConnectTests {
    @Test func connAckSaysWhatTheBrokerGrants() throws {
        let harness = EngineHarness()
        let answer = try #require(harness.connect("a").connAck)
        #expect(answer.reasonCode == .success)
        #expect(!answer.sessionPresent)
        #expect(answer.properties.maximumQoS == nil, "who takes QoS 2 says nothing of it")
        #expect(answer.properties.receiveMaximum == 2_048)
        #expect(answer.properties.maximumPacketSize == UInt32(PacketLimits.default.maximumPacketSize))
        #expect(answer.properties.topicAliasMaximum == 32)
        #expect(answer.properties.sessionExpiryInterval == nil, "it is the one asked for")
        #expect(answer.properties.serverKeepAlive == nil)
        #expect(answer.properties.assignedClientIdentifier == nil)
    }

    @Test func connAckOf311HasNoProperties() throws {
        let harness = EngineHarness()
        let answer = try #require(harness.connectOld("a").connAck)
        #expect(answer == ConnAck())
    }

    @Test func anEmptyClientIdentifierIsAssigned() throws {
        let harness = EngineHarness(seed: 0xABCD)
        let first = try #require(harness.connect("").connAck?.properties.assignedClientIdentifier)
        let second = try #require(harness.connect("").connAck?.properties.assignedClientIdentifier)
        #expect(first != second)
        #expect(!first.contains(String(0xABCD as UInt64, radix: 36)), "the seed keys the hash tables")
    }

    @Test func anAssignedIdentifierIsNotOneInUse() throws {
        let harness = EngineHarness()
        let first = try #require(harness.connect("").connAck?.properties.assignedClientIdentifier)
        let guess = String(first.dropLast()) + "2"
        let guesser = harness.connect(guess)
        #expect(harness.connect("").connAck?.properties.assignedClientIdentifier != guess)
        #expect(!guesser.isClosed)
    }

    @Test func a311ClientWithoutIdentifierMustBeginCleanly() {
        let harness = EngineHarness()
        let peer = harness.connectOld("", clean: false)
        #expect(peer.connAck?.reasonCode == .clientIdentifierNotValid, "MQTT-3.1.3-8 of 3.1.1")
        #expect(peer.isClosed)
        #expect(harness.connectOld("").connAck?.reasonCode == .success)
    }

    @Test func theFirstPacketMustBeConnect() {
        let harness = EngineHarness()
        let peer = harness.open()
        peer?.send(.pingreq)
        #expect(peer?.isClosed == true)
        #expect(peer?.inbox.isEmpty == true)
    }

    @Test func aSecondConnectIsAProtocolError() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.send(.connect(Connect(clientIdentifier: "a")))
        #expect(peer.disconnectReason == .protocolError, "MQTT-3.1.0-2")
        #expect(peer.isClosed)
    }

    /// A later version than ours is answered as MQTT 5 has it, an earlier one as 3.1.1 has it; with the bit of bridges too.
    @Test(
        arguments: [
            (0, [0x20, 2, 0, 1]), (3, [0x20, 2, 0, 1]), (0x83, [0x20, 2, 0, 1]), (0x84, [0x20, 2, 0, 1]),
            (6, [0x20, 3, 0, 0x84, 0]), (0x7F, [0x20, 3, 0, 0x84, 0]),
        ] as [(UInt8, [UInt8])]
    )
    func anUnknownVersionIsRefused(level: UInt8, answer: [UInt8]) {
        let harness = EngineHarness()
        let peer = harness.open()
        peer?.keepsBytes = true
        peer?.send(bytes: [0x10, 0x0D, 0, 4, 0x4D, 0x51, 0x54, 0x54, level, 2, 0, 0, 0, 0, 0x00])
        #expect(peer?.isClosed == true)
        #expect(peer?.receivedStart == answer, "MQTT-3.1.2-2")
    }

    @Test func mqtt31IsRefusedPolitely() {
        let harness = EngineHarness()
        let peer = harness.open()
        peer?.keepsBytes = true
        peer?.send(bytes: [0x10, 0x0F, 0, 6] + Array("MQIsdp".utf8) + [3, 2, 0, 60, 0, 1, 0x61])
        #expect(peer?.isClosed == true)
        #expect(peer?.receivedStart == [0x20, 2, 0, 1], "unacceptable protocol version")
    }

    @Test func enhancedAuthenticationIsRefused() {
        let harness = EngineHarness()
        let peer = harness.connect("a") { $0.properties.authenticationMethod = "SCRAM" }
        #expect(peer.connAck?.reasonCode == .badAuthenticationMethod)
        #expect(peer.isClosed)
    }

    @Test func aWillForATopicOfTheBrokerIsRefused() {
        let harness = EngineHarness()
        let peer = harness.connect("a") { $0.will = Will(topic: "$SYS/broker/version") }
        #expect(peer.connAck?.reasonCode == .topicNameInvalid)
    }

    @Test func aConnAckThatIsTooLargeIsNotSent() {
        let harness = EngineHarness()
        let peer = harness.connect("a") { $0.properties.maximumPacketSize = 5 }
        #expect(peer.isClosed)
        #expect(peer.receivedBytes == 0, "MQTT-3.1.2-24")
        harness.check()
    }

    @Test func aReasonStringThatIsTooLargeIsLeftOut() {
        let harness = EngineHarness()
        let peer = harness.connect("a") {
            $0.properties.maximumPacketSize = 40
            $0.properties.sessionExpiryInterval = 100
        }
        peer.send(bytes: [0xF0, 0x02, 0x18, 0x00])
        #expect(peer.disconnectReason == .protocolError)
        #expect(peer.error == nil)
        #expect(peer.receivedBytes < 80)
    }

    @Test func pingIsAnswered() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        _ = peer.take()
        peer.send(.pingreq)
        #expect(peer.take() == [.pingresp])
    }

    // MARK: Deadlines

    @Test func withoutConnectAConnectionIsClosedAtItsDeadline() {
        let harness = EngineHarness()
        let peer = harness.open()
        harness.advance(seconds: 5)
        peer?.send(bytes: [0x10])
        harness.advance(milliseconds: 4_999)
        #expect(peer?.isClosed == false)
        peer?.send(bytes: [0x20])
        harness.advance(milliseconds: 1)
        #expect(peer?.isClosed == true, "a CONNECT in drips is none")
    }

    @Test func keepAliveEndsASilentConnectionAfterOneAndAHalfTimes() {
        let harness = EngineHarness()
        let peer = harness.connect("a") { $0.keepAlive = 10 }
        harness.advance(seconds: 14)
        peer.send(.pingreq)
        harness.advance(milliseconds: 14_999)
        #expect(!peer.isClosed)
        harness.advance(milliseconds: 1)
        #expect(peer.isClosed, "MQTT-3.1.2-22")
        #expect(peer.disconnectReason == .keepAliveTimeout)
    }

    @Test func bytesThatAreNoWholePacketAreSilence() {
        let harness = EngineHarness()
        let peer = harness.connect("a") { $0.keepAlive = 10 }
        // A PUBLISH of 100 bytes, one byte a second.
        var packet: [UInt8] = [0x30, 98, 0, 1, 0x61, 0]
        packet += Array(repeating: 0, count: 94)
        for byte in packet.prefix(14) {
            harness.advance(seconds: 1)
            #expect(!peer.isClosed)
            peer.send(bytes: [byte])
        }
        harness.advance(seconds: 1)
        #expect(peer.disconnectReason == .keepAliveTimeout, "MQTT-3.1.2-22: a control packet, not a part of one")
        #expect(peer.isClosed)
    }

    @Test func keepAlive0IsForEver() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        harness.advance(seconds: 1_000_000)
        #expect(!peer.isClosed)
    }

    @Test(arguments: [(0, 60), (30, nil), (60, nil), (61, 60)] as [(UInt16, UInt16?)])
    func theServerMayBoundKeepAlive(asked: UInt16, told: UInt16?) {
        let harness = EngineHarness { $0.limits.maximumKeepAlive = 60 }
        let peer = harness.connect("a") { $0.keepAlive = asked }
        #expect(peer.connAck?.properties.serverKeepAlive == told)
        harness.advance(seconds: 91)
        #expect(peer.isClosed)
    }

    @Test func theShutdownIsToldAndSessionsGoOn() {
        let harness = EngineHarness()
        let peer = harness.resume("a") { $0.will = Will(topic: "t") }
        harness.engine.shutDown(at: harness.now)
        harness.turn()
        #expect(peer.disconnectReason == .serverShuttingDown)
        #expect(peer.isClosed)
        #expect(harness.engine.statistics.sessions == 1)
        #expect(harness.crash().resume("a").connAck?.sessionPresent == true)
    }
}
