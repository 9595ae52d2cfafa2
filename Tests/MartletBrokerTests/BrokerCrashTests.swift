import MQTTClient
import MartletBroker
import MartletTesting
import Testing

/// A broker that dies at each instant that matters, and comes back.
@Suite(.timeLimit(.minutes(10)))
struct BrokerCrashTests {
    private func message(_ number: Int) -> MQTTMessage {
        MQTTMessage(topic: "work/\(number)", text: "\(number)", qos: .atLeastOnce)
    }

    @Test func whatWasAcknowledgedSurvivesACrash() async throws {
        try await TestBroker.withBroker { broker in
            try await withClient(broker, "reader") { reader in
                _ = try await reader.subscribe([MQTTSubscription("work/#", qos: .atLeastOnce)])
            }
            try await withClient(broker, "writer") { writer in
                for number in 0..<50 { _ = try await writer.publish(message(number)) }
            }
            await broker.crash()
            try await broker.restart()
            let taken = try await withClient(broker, "reader") { await take(50, from: $0) }
            #expect(taken == (0..<50).map(String.init))
        }
    }

    @Test(arguments: [BrokerCrashPoint.beforePageIsDurable, .afterPageIsDurable])
    func aPublisherThatWasNotAnsweredSendsAgain(_ point: BrokerCrashPoint) async throws {
        try await TestBroker.withBroker { broker in
            try await withClient(broker, "reader") { reader in
                _ = try await reader.subscribe([MQTTSubscription("work/#", qos: .atLeastOnce)])
            }
            try await withClient(broker, "writer") { writer in
                async let published = writer.publish(message(7))
                await broker.crash(at: point)
                try await broker.restart()
                _ = try await published
            }
            let taken = try await withClient(broker, "reader") { await take(1, from: $0) }
            #expect(taken == ["7"])
        }
    }

    @Test(arguments: [BrokerCrashPoint.beforePageIsDurable, .afterPageIsDurable])
    func eachMessageOfQoS2ComesOnceThoughTheBrokerDies(_ point: BrokerCrashPoint) async throws {
        try await TestBroker.withBroker { broker in
            try await withClient(broker, "reader") { reader in
                let granted = try await reader.subscribe([MQTTSubscription("work/#", qos: .exactlyOnce)])
                #expect(granted == [.grantedQoS2])
                try await withClient(broker, "writer") { writer in
                    async let taken = take(60, from: reader)
                    for round in 0..<6 {
                        async let published: Void = {
                            for number in round * 10..<round * 10 + 10 {
                                var message = message(number)
                                message.qos = .exactlyOnce
                                _ = try await writer.publish(message)
                            }
                        }()
                        await broker.crash(at: point)
                        try await broker.restart()
                        try await published
                    }
                    // One that came twice would stand in the place of another.
                    #expect(await taken == (0..<60).map(String.init))
                }
            }
        }
    }

    @Test func aSharedGroupLosesNothingWhenBrokerAndMemberDie() async throws {
        try await TestBroker.withBroker { broker in
            for member in ["one", "two"] {
                try await withClient(broker, member) { client in
                    _ = try await client.subscribe([MQTTSubscription("$share/g/work/#", qos: .atLeastOnce)])
                }
            }
            try await withClient(broker, "writer") { writer in
                for number in 0..<40 { _ = try await writer.publish(message(number)) }
            }
            await broker.crash()
            try await broker.restart()
            // The first member takes some in hand, acknowledges none, and goes; the second gets them all.
            try await withClient(broker, "one", receiveMaximum: 10) { one in
                var held = 0
                for await _ in one.deliveries {
                    held += 1
                    if held == 10 { break }
                }
            }
            let taken = try await withClient(broker, "two") { await take(40, from: $0) }
            #expect(Set(taken) == Set((0..<40).map(String.init)))
        }
    }

    @Test func retainedMessagesSurviveACrash() async throws {
        try await TestBroker.withBroker { broker in
            try await withClient(broker, "writer") { writer in
                var kept = message(1)
                kept.retain = true
                _ = try await writer.publish(kept)
            }
            await broker.crash()
            try await broker.restart()
            let taken = try await withClient(broker, "late") { client in
                _ = try await client.subscribe([MQTTSubscription("work/+", qos: .atLeastOnce)])
                return await take(1, from: client)
            }
            #expect(taken == ["1"])
        }
    }
}
