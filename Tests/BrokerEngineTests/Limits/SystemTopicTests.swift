import BrokerEngine
import MQTTPackets
import Testing

/// What the broker tells of itself on `$SYS` topics.
@Suite struct SystemTopicTests {
    private static func reports(_ harness: EngineHarness) -> [String: String] {
        let peer = harness.connect("operator")
        peer.subscribe("$SYS/#", qos: .atMostOnce)
        var reports: [String: String] = [:]
        for publish in peer.takePublishes() {
            reports[String(publish.topic.dropFirst("$SYS/broker/".count))] = publish.text
        }
        peer.disconnect()
        return reports
    }

    @Test func countsAreReported() {
        let harness = EngineHarness {
            $0.systemTopicInterval = 10
            $0.version = "martlet 1"
        }
        let reader = harness.resume("reader")
        reader.subscribe("t")
        reader.cut()
        _ = harness.connect("other")
        harness.connect("writer").publish("t")
        harness.advance(seconds: 10)
        let reports = Self.reports(harness)
        #expect(reports["version"] == "martlet 1")
        #expect(reports["clients/connected"] == "2")
        #expect(reports["clients/total"] == "3")
        #expect(reports["clients/disconnected"] == "1")
        #expect(reports["subscriptions/count"] == "1")
        #expect(reports["publish/messages/received"] == "1")
        #expect(reports["uptime"] == "10 seconds")
        harness.check()
    }

    @Test func groupsAreReportedAndForgotten() {
        let harness = EngineHarness { $0.systemTopicInterval = 1 }
        let member = harness.connect("member") { $0.properties.receiveMaximum = 1 }
        member.subscribe("$share/g/t/+/#")
        let writer = harness.connect("writer")
        for _ in 0..<3 { writer.publish("t/1") }
        harness.advance(seconds: 1)
        #expect(Self.reports(harness)["groups/g/t/%2B/%23/queued"] == "2")
        #expect(Self.reports(harness)["groups/g/t/%2B/%23/inflight"] == "1")
        member.cut()
        harness.advance(seconds: 1)
        #expect(Self.reports(harness).keys.filter { $0.hasPrefix("groups/") } == [])
        harness.check()
    }

    @Test func aGroupWithAVeryLongFilterStopsNobody() {
        let harness = EngineHarness { $0.systemTopicInterval = 1 }
        let member = harness.connect("member")
        member.subscribe("$share/g/" + String(repeating: "x", count: 65_500))
        #expect(member.subAck?.reasonCodes == [.grantedQoS1])
        harness.advance(seconds: 1)
        #expect(Self.reports(harness)["clients/connected"] == "1")
    }

    @Test func reportsAreNotJournaled() {
        let harness = EngineHarness { $0.systemTopicInterval = 1 }
        let reader = harness.resume("reader")
        reader.subscribe("$SYS/#")
        let pages = harness.pages.count
        harness.advance(seconds: 1)
        #expect(!reader.takeAndAcknowledge().isEmpty)
        #expect(harness.pages.count == pages)
        harness.check()
    }
}
