import MQTTClient
import MartletBroker
import MartletTesting
import Testing

/// What a client sees past the limits of a running broker.
@Suite(.timeLimit(.minutes(10)))
struct BrokerLimitTests {
    @Test func aFullGroupRefusesItsPublisherAndTakesAgainWhenItDrains() async throws {
        var limits = BrokerLimits()
        limits.queuedMessagesPerGroup = 3
        try await TestBroker.withBroker(limits: limits) { broker in
            try await withClient(broker, "worker") { worker in
                _ = try await worker.subscribe([MQTTSubscription("$share/g/work", qos: .atLeastOnce)])
            }
            try await withClient(broker, "writer") { writer in
                for _ in 0..<3 {
                    _ = try await writer.publish(MQTTMessage(topic: "work", text: "x", qos: .atLeastOnce))
                }
                let refused = await #expect(throws: MQTTClientError.self) {
                    _ = try await writer.publish(MQTTMessage(topic: "work", text: "x", qos: .atLeastOnce))
                }
                #expect(refused?.reasonCode == .quotaExceeded)
                let taken = try await withClient(broker, "worker") { await take(3, from: $0) }
                #expect(taken.count == 3)
                _ = try await writer.publish(MQTTMessage(topic: "work", text: "x", qos: .atLeastOnce))
            }
        }
    }

    @Test func aClientPastItsRateIsHeardLaterAndLosesNothing() async throws {
        var limits = BrokerLimits()
        limits.messagesPerSecond = 100
        limits.messageBurst = 10
        try await TestBroker.withBroker(limits: limits) { broker in
            try await withClient(broker, "worker") { worker in
                _ = try await worker.subscribe([MQTTSubscription("work", qos: .atLeastOnce)])
                try await withClient(broker, "writer") { writer in
                    let began = ContinuousClock.now
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<50 {
                            group.addTask {
                                let text = "\(number)"
                                _ = try await writer.publish(MQTTMessage(topic: "work", text: text, qos: .atLeastOnce))
                            }
                        }
                        try await group.waitForAll()
                    }
                    // Ten at once and the rest at a hundred a second: no machine is faster than its broker lets it be.
                    #expect(ContinuousClock.now - began > .milliseconds(350))
                    #expect(await Set(take(50, from: worker)) == Set((0..<50).map(String.init)))
                }
            }

        }
    }

    @Test func aPortInUseIsRefusedByName() async throws {
        try await TestBroker.withBroker(listening: .loopback) { broker in
            let port = try #require(broker.port)
            var configuration = BrokerConfiguration()
            configuration.port = port
            let second = Broker(configuration: configuration, logger: quietLogger)
            let error = await #expect(throws: BrokerError.self) { try await second.run() }
            #expect(error?.code == .bind)
            #expect(error?.message.contains("\(port)") == true)
        }
    }

    @Test func aTestMovesTheBrokersClock() async throws {
        try await TestBroker.withBroker(clock: TestClock()) { broker in
            try await withClient(broker, "reader") { reader in
                _ = try await reader.subscribe([MQTTSubscription("short/#", qos: .atLeastOnce)])
            }
            try await withClient(broker, "writer") { writer in
                var short = MQTTMessage(topic: "short/1", text: "gone", qos: .atLeastOnce)
                short.properties.expiry = .seconds(10)
                _ = try await writer.publish(short)
                _ = try await writer.publish(MQTTMessage(topic: "short/2", text: "stays", qos: .atLeastOnce))
            }
            try await broker.advance(by: .seconds(11))
            let taken = try await withClient(broker, "reader") { await take(1, from: $0) }
            #expect(taken == ["stays"])
        }
    }
}
