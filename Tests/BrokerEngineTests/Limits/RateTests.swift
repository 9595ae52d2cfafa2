import BrokerAccess
import BrokerEngine
import MQTTPackets
import NIOCore
import Testing

/// Rates of clients, readers that take nothing, and how many sessions a user may have.
@Suite struct RateTests {
    private static func harness(
        messages: RateLimit = .none,
        bytes: RateLimit = .none,
        disconnects: Bool = false
    ) -> EngineHarness {
        EngineHarness {
            $0.limits.messageRate = messages
            $0.limits.byteRate = bytes
            $0.limits.disconnectsOverRate = disconnects
        }
    }

    private func publishes(_ count: Int, qos: QoS = .atLeastOnce, payload: Int = 0) -> [UInt8] {
        var buffer = ByteBuffer()
        for number in 1...count {
            Packet.publish(
                Publish(
                    qos: qos,
                    topic: "a",
                    packetIdentifier: qos == .atMostOnce ? nil : UInt16(number),
                    payload: ByteBuffer(repeating: 0x78, count: payload)
                )
            ).encode(into: &buffer, version: .v5)
        }
        return Array(buffer.readableBytesView)
    }

    @Test func pastItsRateAClientIsNotReadFrom() {
        let harness = Self.harness(messages: RateLimit(perSecond: 10, burst: 5))
        let reader = harness.connect("reader")
        reader.subscribe("a")
        let writer = harness.connect("writer")
        // CONNECT was one of the five.
        writer.send(bytes: publishes(40))
        #expect(reader.takeAndAcknowledge().count == 4)
        #expect(writer.isPaused)
        #expect(harness.engine.statistics.pauses == 1)
        // A neighbour does not feel it.
        harness.connect("neighbour").publish("a", "n")
        #expect(reader.takeAndAcknowledge().map(\.text) == ["n"])
        var acknowledged = writer.takePubAcks().count
        for _ in 0..<36 {
            harness.advance(milliseconds: 100)
            #expect(reader.takeAndAcknowledge().count == 1, "ten a second, and not all at once")
            acknowledged += writer.takePubAcks().count
        }
        #expect(acknowledged == 40, "nothing that was acknowledged is missing, and nothing was dropped")
        #expect(writer.unsent.isEmpty)
        #expect(!writer.isClosed)
        harness.check()
    }

    @Test func theTimeOfTheNextReadIsTold() {
        let harness = Self.harness(messages: RateLimit(perSecond: 4, burst: 1))
        let writer = harness.connect("writer")
        #expect(harness.engine.nextResume == .never)
        writer.send(bytes: publishes(1))
        #expect(harness.engine.nextResume == EngineTime(milliseconds: harness.now.milliseconds + 250))
        harness.advance(milliseconds: 249)
        #expect(writer.isPaused)
        harness.advance(milliseconds: 1)
        #expect(writer.takePubAcks().count == 1)
    }

    @Test func bytesHaveARateToo() {
        let harness = Self.harness(bytes: RateLimit(perSecond: 1_000, burst: 2_000))
        let writer = harness.connect("writer")
        writer.send(bytes: publishes(1, payload: 10_000))
        #expect(writer.takePubAcks().count == 1, "what has come is taken: the next one waits until it is paid for")
        writer.send(bytes: publishes(1))
        #expect(writer.takePubAcks().isEmpty)
        harness.advance(milliseconds: 7_000)
        #expect(writer.takePubAcks().isEmpty)
        harness.advance(milliseconds: 1_100)
        #expect(writer.takePubAcks().count == 1)
    }

    @Test func acknowledgementsDoNotCount() {
        let harness = Self.harness(messages: RateLimit(perSecond: 1, burst: 3))
        let reader = harness.connect("reader")
        reader.subscribe("a")
        for number in 0..<50 {
            let writer = harness.connect("writer-\(number)")
            writer.publish("a")
        }
        #expect(reader.takeAndAcknowledge().count == 50)
        #expect(!reader.isPaused)
        #expect(harness.engine.statistics.acknowledged == 50)
    }

    @Test func whereItIsSetTheClientIsDisconnected() {
        let harness = Self.harness(messages: RateLimit(perSecond: 10, burst: 5), disconnects: true)
        let writer = harness.connect("writer")
        writer.send(bytes: publishes(40))
        #expect(writer.isClosed)
        #expect(writer.disconnectReason == .messageRateTooHigh)
        #expect(writer.takePubAcks().count == 4, "what was taken was answered")
        harness.check()
    }

    @Test func whoIsNotReadFromIsNotSilent() {
        let harness = Self.harness(bytes: RateLimit(perSecond: 100, burst: 100))
        let writer = harness.connect("writer") { $0.keepAlive = 2 }
        writer.send(bytes: publishes(1, payload: 2_000))
        harness.advance(seconds: 10)
        #expect(writer.isPaused)
        #expect(!writer.isClosed, "it could not be heard")
        harness.advance(seconds: 11)
        #expect(!writer.isPaused)
        harness.advance(seconds: 3)
        #expect(writer.disconnectReason == .keepAliveTimeout)
    }

    @Test func aPausedConnectionMayClose() {
        let harness = Self.harness(messages: RateLimit(perSecond: 1, burst: 1))
        let writer = harness.connect("writer")
        writer.send(bytes: publishes(5))
        writer.cut()
        #expect(harness.engine.nextResume == .never)
        let next = harness.connect("next")
        harness.advance(seconds: 10)
        next.publish("a")
        #expect(next.takePubAcks().count == 1)
        harness.check()
    }

    // MARK: Readers

    @Test func aReaderThatTakesNothingIsDisconnected() {
        let harness = EngineHarness { $0.limits.slowReaderDeadline = 30 }
        let reader = harness.resume("reader")
        reader.subscribe("a")
        let witness = harness.connect("witness")
        witness.subscribe("a")
        _ = reader.take()
        harness.setWritable(false, reader)
        harness.connect("writer").publish("a", "1")
        harness.advance(seconds: 29)
        #expect(!reader.isClosed)
        harness.advance(seconds: 1)
        #expect(reader.isClosed)
        #expect(reader.disconnectReason == .quotaExceeded)
        #expect(harness.engine.statistics.slowReaders == 1)
        #expect(witness.takePayloads() == ["1"])
        #expect(harness.resume("reader").takePayloads() == ["1"], "its session goes on, and has lost nothing")
    }

    @Test func aReaderThatTakesSomethingInTimeStays() {
        let harness = EngineHarness { $0.limits.slowReaderDeadline = 30 }
        let reader = harness.connect("reader")
        for _ in 0..<5 {
            harness.setWritable(false, reader)
            harness.advance(seconds: 29)
            harness.setWritable(true, reader)
        }
        #expect(!reader.isClosed)
    }

    // MARK: Users

    @Test func aUserHasSoManySessions() {
        let harness = EngineHarness { $0.limits.sessionsPerUser = 2 }
        let first = harness.connect("a", as: "mallory") { $0.properties.sessionExpiryInterval = 60 }
        #expect(first.connAck?.reasonCode == .success)
        #expect(harness.connect("b", as: "mallory").connAck?.reasonCode == .success)
        let third = harness.connect("c", as: "mallory")
        #expect(third.connAck?.reasonCode == .quotaExceeded)
        #expect(third.isClosed)
        #expect(harness.connect("d", as: "alice").connAck?.reasonCode == .success, "another's sessions are another's")
        // One that is away still counts; coming back to it is no new one.
        first.cut()
        #expect(harness.connect("c", as: "mallory").connAck?.reasonCode == .quotaExceeded)
        let again = harness.connect("a", as: "mallory") {
            $0.cleanStart = false
            $0.properties.sessionExpiryInterval = 60
        }
        #expect(again.connAck?.sessionPresent == true)
        again.cut()
        harness.advance(seconds: 61)
        #expect(harness.connect("c", as: "mallory").connAck?.reasonCode == .success, "when one has ended there is room")
    }
}
