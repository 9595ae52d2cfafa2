import BrokerAdmin
import MartletBroker
import MartletTesting
import Testing

/// The admin API as operators use it, over HTTP.
@Suite(.timeLimit(.minutes(5)))
struct BrokerAdminTests {
    @Test func firstConversation() async throws {
        try await withAdmin { _, admin in
            #expect(try await admin.status("/live") == 200)
            let broker = try await admin.get("/v1/broker")
            #expect(broker["connectedClients"] as? Int == 0)
        }
    }

    @Test func whatThereIsNotIsSaidInOneForm() async throws {
        try await withAdmin { _, admin in
            for (method, path, status, code) in [
                ("GET", "/nothing", 404, "not-found"), ("GET", "/v1/sessions/nobody", 404, "not-found"),
                ("DELETE", "/v1/sessions/nobody", 404, "not-found"),
                ("POST", "/v1/groups/none/purge", 404, "not-found"),
                ("GET", "/v1/retained/none", 404, "not-found"), ("PUT", "/v1/sessions", 405, "method"),
                ("GET", "/v1/sessions?limit=0", 400, "invalid"), ("GET", "/v1/sessions?limit=1001", 400, "invalid"),
                ("GET", "/v1/sessions?cursor=x", 400, "invalid"),
                ("GET", "/v1/sessions?connected=maybe", 400, "invalid"),
                ("GET", "/v1/sessions?colour=red", 400, "invalid"), ("DELETE", "/v1/retained", 400, "invalid"),
                ("GET", "/v1/retained?filter=a%2F%23%2Fb", 400, "invalid"),
            ] {
                let answer = try await admin.send(method, path)
                #expect(answer.status == status, "\(method) \(path)")
                let error = try #require(answer.object["error"] as? [String: Any], "\(method) \(path)")
                #expect(error["code"] as? String == code, "\(method) \(path)")
                #expect((error["message"] as? String)?.isEmpty == false)
            }
        }
    }

    @Test func aRequestThatIsTooLargeIsRefused() async throws {
        try await withAdmin(configure: { $0.limits.bodyBytes = 1_000 }) { _, admin in
            let large = try await admin.send(
                "POST",
                "/v1/groups/none/purge",
                body: String(repeating: "x", count: 2_000)
            )
            #expect(large.status == 413)
            #expect((large.object["error"] as? [String: Any])?["code"] as? String == "too-large")
            #expect(try await admin.status("/v1/broker") == 200)
        }
    }

    @Test func moreRequestsThanThereMayBeAreRefusedAtOnce() async throws {
        try await withAdmin(configure: { $0.limits.requests = 2 }) { broker, admin in
            let gate = LoopGate()
            broker.present?.occupyLoop { gate.hold() }
            await gate.waitUntilHeld()
            // Two wait for the engine; the rest is told so without waiting.
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await admin.send("GET", "/v1/broker").status } }
                var refused = 0
                while refused < 4, let status = try await group.next() {
                    #expect(status == 503)
                    refused += 1
                }
                #expect(try await admin.status("/startup") == 200)
                gate.open()
                for try await status in group { #expect(status == 200) }
            }
        }
    }
}
