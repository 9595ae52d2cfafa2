import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// Will messages (MQTT 5.0 §3.1.2.5, §3.1.3.2).
@Suite struct WillTests {
    let harness = EngineHarness()
    let reader: Peer

    init() {
        reader = harness.connect("reader")
        reader.subscribe("will/#")
    }

    private func connect(
        delay: UInt32? = nil,
        expiry: UInt32? = nil,
        qos: QoS = .atLeastOnce,
        retain: Bool = false
    ) -> Peer {
        harness.connect("a") {
            $0.cleanStart = false
            $0.properties.sessionExpiryInterval = expiry
            $0.will = Will(topic: "will/a", payload: ByteBuffer(string: "gone"), qos: qos, retain: retain)
            $0.will?.properties.willDelayInterval = delay
        }
    }

    @Test func itIsSentWhenTheConnectionBreaks() {
        connect().cut()
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func itIsNotSentAfterANormalDisconnect() {
        connect(expiry: 100).disconnect()
        harness.advance(seconds: 200)
        #expect(reader.takePayloads().isEmpty, "MQTT-3.14.4-3")
    }

    @Test func itIsSentAfterDisconnectWithWill() {
        connect().disconnect(.disconnectWithWill)
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func itIsSentAfterAProtocolError() {
        let peer = connect()
        peer.send(bytes: [0xF0, 0x02, 0x18, 0x00])
        #expect(peer.isClosed)
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func itIsSentWhenKeepAliveIsOver() {
        _ = harness.connect("a") {
            $0.keepAlive = 10
            $0.will = Will(topic: "will/a", payload: ByteBuffer(string: "gone"))
        }
        harness.advance(seconds: 15)
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func itIsSentOnceOnly() {
        connect(expiry: 100).cut()
        #expect(reader.takePayloads() == ["gone"])
        harness.advance(seconds: 200)
        #expect(reader.takePayloads().isEmpty)
    }

    @Test func itsDelayIsWaitedFor() {
        connect(delay: 10, expiry: 100).cut()
        harness.advance(milliseconds: 9_999)
        #expect(reader.takePayloads().isEmpty)
        harness.advance(milliseconds: 1)
        #expect(reader.takePayloads() == ["gone"])
        harness.check()
    }

    @Test func itsDelayEndsWithTheSession() {
        connect(delay: 100, expiry: 10).cut()
        harness.advance(seconds: 10)
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func theLongestDelayEndsWithTheSession() {
        connect(delay: .max, expiry: 10).cut()
        harness.advance(seconds: 10)
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func aDelayIsNothingWithoutASessionThatLasts() {
        connect(delay: 100).cut()
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func aNewConnectionBeforeItsTimeCancelsIt() {
        connect(delay: 10, expiry: 100).cut()
        harness.advance(seconds: 9)
        let again = connect(delay: 10, expiry: 100)
        harness.advance(seconds: 100)
        #expect(reader.takePayloads().isEmpty, "MQTT-3.1.3-9")
        again.cut()
        harness.advance(seconds: 10)
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func aTakeoverSendsItWithoutDelay() {
        _ = connect(expiry: 100)
        _ = harness.resume("a")
        #expect(reader.takePayloads() == ["gone"])
    }

    @Test func aTakeoverDoesNotSendItWithADelay() {
        _ = connect(delay: 5, expiry: 100)
        _ = harness.resume("a")
        harness.advance(seconds: 100)
        #expect(reader.takePayloads().isEmpty)
    }

    @Test func aCleanStartEndsTheSessionAndSendsIt() {
        connect(delay: 50, expiry: 100).cut()
        _ = harness.connect("a")
        #expect(reader.takePayloads() == ["gone"], "MQTT-3.1.4: the session has ended")
    }

    @Test func itMayBeRetained() {
        connect(retain: true).cut()
        #expect(reader.takePublishes().map(\.retain) == [false])
        let late = harness.connect("late")
        late.subscribe("will/+")
        let publishes = late.takePublishes()
        #expect(publishes.map(\.text) == ["gone"])
        #expect(publishes.map(\.retain) == [true])
    }

    @Test(arguments: [QoS.atMostOnce, .atLeastOnce])
    func itHasItsQoS(qos: QoS) {
        connect(qos: qos).cut()
        #expect(reader.takePublishes().map(\.qos) == [qos])
    }

    @Test func itCarriesItsProperties() throws {
        let properties = WillProperties(
            payloadFormatIndicator: 1,
            messageExpiryInterval: 100,
            contentType: "text/plain",
            responseTopic: "answers",
            correlationData: ByteBuffer(bytes: [1, 2]),
            userProperties: [UserProperty(name: "a", value: "1"), UserProperty(name: "a", value: "2")]
        )
        harness.connect("a") { $0.will = Will(topic: "will/a", properties: properties) }.cut()
        let publish = try #require(reader.takePublishes().first)
        #expect(publish.properties.payloadFormatIndicator == 1)
        #expect(publish.properties.messageExpiryInterval == 100)
        #expect(publish.properties.contentType == "text/plain")
        #expect(publish.properties.responseTopic == "answers")
        #expect(publish.properties.correlationData == ByteBuffer(bytes: [1, 2]))
        #expect(publish.properties.userProperties == properties.userProperties)
    }

    @Test func itSurvivesACrashOfTheBroker() {
        let watcher = harness.resume("watcher")
        watcher.subscribe("will/#")
        _ = connect(expiry: 100)
        let after = harness.crash()
        after.advance(seconds: 1)
        #expect(after.resume("watcher").takePayloads() == ["gone"])
    }

    @Test func aDelayGoesOnOverACrash() {
        let watcher = harness.resume("watcher")
        watcher.subscribe("will/#")
        connect(delay: 10, expiry: 100).cut()
        harness.advance(seconds: 4)
        let after = harness.crash(downtime: 4_000)
        after.advance(seconds: 1)
        let back = after.resume("watcher")
        #expect(back.takePayloads().isEmpty)
        after.advance(seconds: 1)
        #expect(back.takePayloads() == ["gone"])
        #expect(after.crash().engine.statistics.sessions == 2)
    }

    @Test func whatWasSentDoesNotComeBackAfterACrash() {
        connect(expiry: 100).cut()
        let after = harness.crash()
        let late = after.connect("late")
        late.subscribe("will/#")
        after.advance(seconds: 200)
        #expect(late.takePayloads().isEmpty)
    }

    @Test func itsExpiryCountsFromItsSending() {
        let harness = EngineHarness()
        let reader = harness.resume("reader")
        reader.subscribe("will")
        reader.disconnect()
        let peer = harness.resume("a") {
            var will = Will(topic: "will", payload: ByteBuffer(string: "gone"), qos: .atLeastOnce)
            will.properties.willDelayInterval = 50
            will.properties.messageExpiryInterval = 10
            $0.will = will
        }
        harness.advance(seconds: 1_000)
        peer.cut()
        harness.advance(seconds: 50)
        harness.advance(seconds: 9)
        let again = harness.resume("reader")
        #expect(again.takePublishes().map(\.properties.messageExpiryInterval) == [1])
        harness.check()
    }

    @Test func aSecondConnectOnOneConnectionSendsIt() {
        let harness = EngineHarness()
        let witness = harness.connect("witness")
        witness.subscribe("will")
        let peer = harness.connect("a") { $0.will = Will(topic: "will", payload: ByteBuffer(string: "gone")) }
        peer.send(.connect(Connect(clientIdentifier: "a")))
        #expect(peer.disconnectReason == .protocolError, "MQTT-3.1.0-2")
        #expect(witness.takePayloads() == ["gone"])
    }

    @Test func aConnectionWithoutAWillTakesAnEarlierOneAway() {
        let harness = EngineHarness()
        let witness = harness.connect("witness")
        witness.subscribe("will")
        let first = harness.resume("a") {
            var will = Will(topic: "will")
            will.properties.willDelayInterval = 100
            $0.will = will
        }
        first.cut()
        let second = harness.resume("a")
        second.cut()
        harness.advance(seconds: 1_000)
        #expect(witness.takePublishes().isEmpty, "MQTT-3.1.3-9")
        harness.check()
    }
}
