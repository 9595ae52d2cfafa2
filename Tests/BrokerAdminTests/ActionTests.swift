import BrokerAdmin
import Foundation
import MQTTClient
import MartletBroker
import MartletTesting
import Testing

/// What operators do is done when it is answered, and stays done when the broker is killed then.
@Suite(.timeLimit(.minutes(5)))
struct ActionTests {
    private static let group = "%24share%2Fg%2Fwork%2F%23"

    private static func settings() -> AdminConfiguration {
        var settings = AdminConfiguration()
        settings.port = 0
        return settings
    }

    @Test func whatWasPurgedDoesNotComeBack() async throws {
        try await TestBroker.withBroker { broker in
            for (client, filter) in [("reader", "own/#"), ("member", "$share/g/work/#")] {
                try await withClient(broker, client) { client in
                    _ = try await client.subscribe([MQTTSubscription(filter, qos: .atLeastOnce)])
                }
            }
            try await withClient(broker, "writer") { writer in
                for number in 0..<20 {
                    for topic in ["own", "work"] {
                        let message = MQTTMessage(topic: "\(topic)/\(number)", text: "old", qos: .atLeastOnce)
                        _ = try await writer.publish(message)
                    }
                    var kept = MQTTMessage(topic: "kept/\(number)", text: "old", qos: .atLeastOnce)
                    kept.retain = true
                    _ = try await writer.publish(kept)
                }
            }
            try await withAdmin(of: broker, Self.settings()) { (admin) async throws in
                #expect(try await admin.get("/v1/groups/\(Self.group)")["queued"] as? Int == 20)
                #expect(try await admin.send("POST", "/v1/groups/\(Self.group)/purge").object["purged"] as? Int == 20)
                #expect(try await admin.send("POST", "/v1/sessions/reader/purge").object["purged"] as? Int == 20)
                let retained = try await admin.send("DELETE", "/v1/retained?filter=kept%2F%2B")
                #expect(retained.object["purged"] as? Int == 20)
                // Answered: so it is durable, and the broker may die at once.
                await broker.crash()
            }
            try await broker.restart()
            try await withAdmin(of: broker, Self.settings()) { (admin) async throws in
                #expect(try await admin.get("/v1/groups/\(Self.group)")["queued"] as? Int == 0)
                #expect(try await admin.get("/v1/sessions/reader")["queued"] as? Int == 0)
                #expect(try await admin.walk("/v1/retained", limit: 10).isEmpty)
            }
        }
    }

    @Test func aKickedClientIsSentAwayAndItsSessionStaysGone() async throws {
        try await TestBroker.withBroker { broker in
            try await withClient(broker, "one/two") { client in
                _ = try await client.subscribe([MQTTSubscription("a", qos: .atLeastOnce)])
                try await withAdmin(of: broker, Self.settings()) { admin in
                    let path = "/v1/sessions/one%2Ftwo"
                    let before = try await admin.get(path)
                    #expect(before["isConnected"] as? Bool == true)
                    let kick = try await admin.send("POST", path + "/kick").object
                    #expect(kick["wasConnected"] as? Bool == true)
                    #expect(kick["isSessionEnded"] as? Bool == false)
                    // It comes back by itself, to the session that it had.
                    try await eventually { try await admin.get(path)["isConnected"] as? Bool == true }
                    #expect(try await admin.get(path)["subscriptions"] as? Int == 1)
                }
            }
            try await withAdmin(of: broker, Self.settings()) { admin in
                let gone = try await admin.send("DELETE", "/v1/sessions/one%2Ftwo")
                #expect(gone.object["isSessionEnded"] as? Bool == true)
                await broker.crash()
            }
            try await broker.restart()
            try await withAdmin(of: broker, Self.settings()) { (admin) async throws in
                #expect(try await admin.status("/v1/sessions/one%2Ftwo") == 404)
            }
        }
    }
}
