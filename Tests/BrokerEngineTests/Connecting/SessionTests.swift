import BrokerEngine
import MQTTPackets
import Testing

/// Sessions: clean start, expiry, takeover (MQTT 5.0 §3.1.2.4, §3.1.2.11.2, §4.1).
@Suite struct SessionTests {
    @Test func aSessionThatLastsIsResumed() {
        let harness = EngineHarness()
        let first = harness.resume("a")
        #expect(first.connAck?.sessionPresent == false)
        first.subscribe("t")
        first.disconnect()
        harness.connect("writer").publish("t", "1")
        let second = harness.resume("a")
        #expect(second.connAck?.sessionPresent == true)
        #expect(second.takePayloads() == ["1"])
    }

    @Test func cleanStartEndsIt() {
        let harness = EngineHarness()
        let first = harness.resume("a")
        first.subscribe("t")
        first.disconnect()
        let second = harness.resume("a") { $0.cleanStart = true }
        #expect(second.connAck?.sessionPresent == false, "MQTT-3.1.2-4, MQTT-3.2.2-2")
        let writer = harness.connect("writer")
        writer.publish("t")
        #expect(writer.takePubAcks().map(\.reasonCode) == [.noMatchingSubscribers])
        harness.check()
    }

    @Test func aSessionWithoutExpiryEndsWithItsConnection() {
        let harness = EngineHarness()
        harness.connect("a") { $0.cleanStart = false }.cut()
        #expect(harness.engine.statistics.sessions == 0)
        #expect(harness.connect("a") { $0.cleanStart = false }.connAck?.sessionPresent == false)
    }

    @Test func aSessionEndsWhenItsTimeIsOver() {
        let harness = EngineHarness()
        harness.resume("a") { $0.properties.sessionExpiryInterval = 10 }.cut()
        harness.advance(milliseconds: 9_999)
        #expect(harness.engine.statistics.sessions == 1)
        harness.advance(milliseconds: 1)
        #expect(harness.engine.statistics.sessions == 0)
        harness.check()
    }

    @Test func aConnectedSessionDoesNotEnd() {
        let harness = EngineHarness()
        harness.resume("a") { $0.properties.sessionExpiryInterval = 10 }.cut()
        harness.advance(seconds: 9)
        let peer = harness.resume("a") { $0.properties.sessionExpiryInterval = 10 }
        harness.advance(seconds: 100)
        #expect(!peer.isClosed)
        #expect(harness.engine.statistics.sessions == 1)
    }

    @Test func theLongestExpiryIsTold() {
        let harness = EngineHarness { $0.limits.maximumSessionExpiry = 100 }
        let peer = harness.resume("a") { $0.properties.sessionExpiryInterval = .max }
        #expect(peer.connAck?.properties.sessionExpiryInterval == 100, "MQTT-3.2.2-21")
        peer.cut()
        harness.advance(seconds: 100)
        #expect(harness.engine.statistics.sessions == 0)
    }

    @Test func anEndlessSessionDoesNotEnd() {
        let harness = EngineHarness { $0.limits.maximumSessionExpiry = .max }
        harness.resume("a") { $0.properties.sessionExpiryInterval = .max }.cut()
        harness.advance(seconds: 1_000_000_000)
        #expect(harness.engine.statistics.sessions == 1)
    }

    @Test func disconnectMayChangeTheExpiry() {
        let harness = EngineHarness()
        harness.resume("a").disconnect(sessionExpiry: 5)
        harness.advance(seconds: 5)
        #expect(harness.engine.statistics.sessions == 0)
        let peer = harness.resume("b")
        peer.subscribe("t")
        peer.disconnect(sessionExpiry: 0)
        #expect(harness.engine.statistics.sessions == 0)
        #expect(harness.crash().engine.statistics.sessions == 0)
    }

    @Test func disconnectMayNotMakeASessionLast() {
        let harness = EngineHarness()
        let peer = harness.connect("a")
        peer.disconnect(sessionExpiry: 5)
        #expect(peer.disconnectReason == .protocolError, "MQTT-3.14.2.2.2")
        #expect(harness.engine.statistics.sessions == 0)
    }

    @Test func a311SessionLastsUnlessItBeginsCleanly() {
        let harness = EngineHarness { $0.limits.defaultSessionExpiry = 50 }
        harness.connectOld("a", clean: true).cut()
        #expect(harness.engine.statistics.sessions == 0)
        harness.connectOld("a", clean: false).cut()
        harness.advance(seconds: 49)
        let again = harness.connectOld("a", clean: false)
        #expect(again.connAck?.sessionPresent == true)
        again.cut()
        harness.advance(seconds: 50)
        #expect(harness.engine.statistics.sessions == 0)
    }

    @Test func aResumedSessionMayBecomeOneThatEndsWithItsConnection() {
        let harness = EngineHarness()
        let first = harness.resume("a")
        first.subscribe("t")
        first.subscribe("$share/g/t")
        first.cut()
        let second = harness.resume("a") { $0.properties.sessionExpiryInterval = nil }
        #expect(second.connAck?.sessionPresent == true)
        harness.check()
        harness.connect("writer").publish("t", "1")
        #expect(second.takePayloads() == ["1", "1"])
        #expect(EngineHarness(pages: harness.pages).engine.statistics.sessions == 0, "it would not outlive a crash")
        second.cut()
        #expect(harness.engine.statistics.sessions == 1, "the writer's")
        harness.check()
    }

    // MARK: Takeover

    @Test func aSecondConnectionTakesOver() {
        let harness = EngineHarness()
        let first = harness.resume("a")
        first.subscribe("t")
        let writer = harness.connect("writer")
        writer.publish("t", "1")
        #expect(first.takePayloads() == ["1"])
        let second = harness.resume("a")
        #expect(first.disconnectReason == .sessionTakenOver, "MQTT-3.1.4-3")
        #expect(first.isClosed)
        #expect(second.connAck?.sessionPresent == true)
        let again = second.takePublishes()
        #expect(again.map(\.text) == ["1"])
        #expect(again.map(\.dup) == [true])
        writer.publish("t", "2")
        #expect(second.takePayloads() == ["2"])
        harness.check()
    }

    @Test func takingOverASessionThatDoesNotLastBeginsANewOne() {
        let harness = EngineHarness()
        let first = harness.connect("a")
        first.subscribe("t")
        let second = harness.connect("a") { $0.cleanStart = false }
        #expect(first.isClosed)
        #expect(second.connAck?.sessionPresent == false)
        #expect(harness.engine.statistics.subscriptions == 0)
        #expect(harness.engine.statistics.connectedClients == 1)
        harness.check()
    }

    @Test func aTakenOver311ClientIsClosedWithoutAWord() {
        let harness = EngineHarness()
        let first = harness.connectOld("a")
        _ = first.take()
        _ = harness.connectOld("a")
        #expect(first.isClosed)
        #expect(first.take().isEmpty)
    }

    @Test func takingOverAtTheLimitOfSessionsIsNoNewSession() {
        let harness = EngineHarness { $0.limits.sessions = 1 }
        _ = harness.connect("a")
        #expect(harness.connect("a").connAck?.reasonCode == .success)
    }

    @Test func clientIdentifiersAreComparedByteByByte() {
        let harness = EngineHarness()
        let composed = harness.connect("\u{E9}")
        let decomposed = harness.connect("e\u{301}")
        #expect(!composed.isClosed && !decomposed.isClosed)
        #expect(harness.engine.statistics.sessions == 2)
    }
}
