import Foundation
import MQTTClient
import MartletTesting
import NIOHTTP1
import Testing

@testable import BrokerAdmin

/// The text that Prometheus reads.
@Suite(.timeLimit(.minutes(5)))
struct MetricsTests {
    @Test func namesAndLabelsAreEscapedAsTheFormatSays() {
        var text = PrometheusText()
        text.add("a_total", .counter, "One \\ two\nthree \"four\".", 12)
        text.add(
            "b",
            .gauge,
            "B.",
            [
                .init(labels: [("group", "x\"y\\z\nä")], value: 0.5),
                .init(labels: [("one", "1"), ("two", "2")], value: .infinity),
            ]
        )
        text.add("c", .gauge, "Left out.", [])
        #expect(
            text.text == """
                # HELP a_total One \\\\ two\\nthree "four".
                # TYPE a_total counter
                a_total 12
                # HELP b B.
                # TYPE b gauge
                b{group="x\\"y\\\\z\\nä"} 0.5
                b{one="1",two="2"} +Inf

                """
        )
        #expect(PrometheusText.number(-.infinity) == "-Inf")
        #expect(PrometheusText.number(.nan) == "NaN")
        #expect(PrometheusText.number(1e300) == "1e+300")
    }

    @Test func theBrokerAndItsGroupsAreMeasured() async throws {
        try await withAdmin(configure: { $0.limits.groupsInMetrics = 2 }) { broker, admin in
            try await withClient(broker, "member") { member in
                let filters = ["$share/a/t", "$share/b/t", "$share/c/t"]
                _ = try await member.subscribe(filters.map { MQTTSubscription($0, qos: .atLeastOnce) })
                _ = try await member.publish(MQTTMessage(topic: "t", text: "x", qos: .atLeastOnce))
                let answer = try await admin.send("GET", "/metrics")
                #expect(answer.headers["Content-Type"] == ["text/plain; version=0.0.4; charset=utf-8"])
                let lines = answer.text.split(separator: "\n")
                #expect(lines.contains("martlet_broker_clients_connected 1"))
                #expect(lines.contains("martlet_broker_publishes_received_total 1"))
                #expect(lines.contains("martlet_group_inflight{group=\"$share/a/t\"} 1"))
                // No more labels than allowed; and it is said that some are missing.
                #expect(lines.count { $0.hasPrefix("martlet_group_inflight{") } == 2)
                #expect(lines.contains("martlet_groups_left_out 1"))
                #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
            }
        }
    }
}
