import BrokerAdmin
import Foundation
import Logging
import MQTTClient
import MartletBroker
import MartletTesting
import Testing

/// What probes are told.
@Suite(.timeLimit(.minutes(5)))
struct HealthTests {
    @Test func aWedgedEngineIsNoticedWithinTenSeconds() async throws {
        try await withAdmin { broker, admin in
            #expect(try await admin.status("/live") == 200)
            #expect(try await admin.status("/ready") == 200)
            let gate = LoopGate()
            broker.present?.occupyLoop { gate.hold() }
            await gate.waitUntilHeld()
            let wedged = ContinuousClock.now
            try await eventually { try await admin.status("/live") == 503 }
            // What the limits say: a silence of 5 s, and half a second since the last beat at most.
            #expect(ContinuousClock.now - wedged < .seconds(10))
            let ready = try await admin.send("GET", "/ready")
            #expect(ready.status == 503)
            #expect(ready.object["reason"] as? String == "the engine does not turn")
            // A question waits for no longer than its deadline.
            let broker = try await admin.send("GET", "/v1/broker")
            #expect(broker.status == 503)
            #expect((broker.object["error"] as? [String: Any])?["code"] as? String == "busy")
            gate.open()
            try await eventually { try await admin.status("/live") == 200 }
            #expect(try await admin.status("/ready") == 200)
        }
    }

    @Test func aBrokerThatHasNotStartedIsLiveAndNotReady() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var configuration = BrokerConfiguration()
        configuration.port = 0
        let broker = Broker(configuration: configuration, logger: logger)
        var settings = AdminConfiguration()
        settings.port = 0
        let server = try AdminServer(broker: broker, configuration: settings, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let admin = Admin(port: try await server.waitUntilListening())
            #expect(try await admin.status("/live") == 200)
            #expect(try await admin.status("/ready") == 503)
            #expect(try await admin.status("/startup") == 503)
            #expect(try await admin.status("/v1/broker") == 503)
            let running = Task { try await broker.run() }
            _ = try await broker.waitUntilListening()
            #expect(try await admin.status("/startup") == 200)
            #expect(try await admin.status("/ready") == 200)
            running.cancel()
            try await running.value
            #expect(try await admin.status("/live") == 503)
            #expect(try await admin.status("/ready") == 503)
            group.cancelAll()
        }
    }
}
