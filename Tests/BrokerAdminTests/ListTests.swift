import BrokerAdmin
import Foundation
import MQTTClient
import MartletBroker
import MartletTesting
import Testing

/// What lists show.
@Suite(.timeLimit(.minutes(10)))
struct ListTests {
    @Test func tenThousandSessionsAreListedWhileMessagesFlow() async throws {
        try await withAdmin { broker, admin in
            let names = (0..<10_000).map { "sleeper-\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in stride(from: 0, to: names.count, by: 2_500) {
                    group.addTask {
                        for name in names[start..<start + 2_500] { try await Sleeper.leaveSession(name, on: broker) }
                    }
                }
                try await group.waitForAll()
            }
            let published = SharedCount()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withClient(broker, "writer") { writer in
                        while !Task.isCancelled {
                            _ = try await writer.publish(MQTTMessage(topic: "t", text: "x", qos: .atLeastOnce))
                            published.add()
                        }
                    }
                }
                try await eventually { published.value > 0 }
                var largest = 0
                let seen = try await admin.walk("/v1/sessions?prefix=sleeper-", limit: 250) {
                    largest = max(largest, $0)
                    // Between any two pages messages go through.
                    let before = published.value
                    try await eventually { published.value > before }
                }
                #expect(seen.compactMap { $0["client"] as? String }.sorted() == names.sorted())
                #expect(largest <= 250)
                group.cancelAll()
                while let result = await group.nextResult() { _ = result }
            }
        }
    }

    @Test func everyListShowsWhatThereIs() async throws {
        try await withAdmin { broker, admin in
            try await withClient(broker, "member", receiveMaximum: 2) { member in
                _ = try await member.subscribe([
                    MQTTSubscription("$share/g/work/#", qos: .atLeastOnce),
                    MQTTSubscription("own/+", qos: .atLeastOnce),
                ])
                try await withClient(broker, "writer") { writer in
                    for number in 0..<5 {
                        _ = try await writer.publish(MQTTMessage(topic: "work/\(number)", text: "x", qos: .atLeastOnce))
                    }
                    var kept = MQTTMessage(topic: "kept/ä", text: "Grüße", qos: .atLeastOnce)
                    kept.retain = true
                    _ = try await writer.publish(kept)
                }
                let subscriptions = try await admin.walk("/v1/subscriptions?client=member", limit: 1)
                #expect(subscriptions.compactMap { $0["filter"] as? String }.sorted() == ["$share/g/work/#", "own/+"])
                let byTopic = try await admin.walk("/v1/subscriptions?topic=own%2Fx", limit: 10)
                #expect(byTopic.compactMap { $0["filter"] as? String } == ["own/+"])
                let inflight = try await admin.walk("/v1/sessions/member/inflight", limit: 1)
                #expect(inflight.compactMap { $0["topic"] as? String } == ["work/0", "work/1"])
                let groups = try await admin.walk("/v1/groups", limit: 10)
                #expect(groups.count == 1)
                #expect(groups.first?["queued"] as? Int == 3)
                #expect(groups.first?["utilisation"] as? Double == 1)
                let members = try await admin.walk("/v1/groups/%24share%2Fg%2Fwork%2F%23/members", limit: 10)
                #expect(members.first?["receiveMaximum"] as? Int == 2)
                let retained = try await admin.walk("/v1/retained?filter=kept%2F%23", limit: 10)
                #expect(retained.compactMap { $0["topic"] as? String } == ["kept/ä"])
                #expect(try await admin.get("/v1/retained/kept%2F%C3%A4")["text"] as? String == "Grüße")
                #expect(try await admin.get("/v1/state")["keys"] as? Int == 0)
                let limits = try await admin.get("/v1/broker")["limits"] as? [String: [String: Int]]
                // Those of the member and the writer.
                #expect(limits?["sessions"]?["used"] == 2)
            }
        }
    }
}
