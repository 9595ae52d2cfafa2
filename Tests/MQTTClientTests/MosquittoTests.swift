import MQTTClient
import MosquittoServer
import ScriptedPeer
import Testing

@Suite("Against mosquitto", .timeLimit(.minutes(10)))
struct MosquittoTests {
    @Test func publishesSubscribesAndAcknowledges() async throws {
        let broker = try await Mosquitto()
        try await withClient(.testing(broker.endpoint)) { client in
            let codes = try await client.subscribe([MQTTSubscription("a/+"), MQTTSubscription("b", qos: .atMostOnce)])
            #expect(codes == [.grantedQoS1, .grantedQoS0])
            for number in 0..<100 {
                let result = try await client.publish(MQTTMessage(topic: "a/\(number)", text: "\(number)"))
                #expect(result.reasonCode == .success)
            }
            #expect(try await client.publish(MQTTMessage(topic: "c", text: "")).reasonCode == .noMatchingSubscribers)
            var numbers: [String] = []
            for await delivery in client.deliveries.prefix(100) {
                numbers.append(delivery.message.text)
                delivery.acknowledge()
            }
            #expect(numbers == (0..<100).map(String.init))
            #expect(try await client.unsubscribe(["a/+", "z"]) == [.success, .noSubscriptionExisted])
        }
    }

    @Test func oneClientsMessageReachesAnotherWithAllItsProperties() async throws {
        let broker = try await Mosquitto()
        try await withClient(.testing(broker.endpoint, "one")) { one in
            try await withClient(.testing(broker.endpoint, "two")) { two in
                _ = try await two.subscribe([MQTTSubscription("t", identifier: 5)])
                let message = MQTTMessage(
                    topic: "t",
                    text: "hello",
                    properties: MQTTMessageProperties(
                        contentType: "text/plain",
                        responseTopic: "r",
                        correlationData: [1, 2],
                        payloadFormat: .utf8,
                        userProperties: [MQTTUserProperty("n", "v"), MQTTUserProperty("n", "w")]
                    )
                )
                try await one.publish(message)
                var deliveries = two.deliveries.makeAsyncIterator()
                let delivery = try #require(await deliveries.next())
                #expect(delivery.message == message)
                #expect(delivery.subscriptionIdentifiers == [5])
                #expect(!delivery.redelivered)
            }
        }
    }

    @Test func answersComeToRequests() async throws {
        let broker = try await Mosquitto()
        try await withClient(.testing(broker.endpoint, "asker")) { asker in
            try await withClient(.testing(broker.endpoint, "answerer")) { answerer in
                _ = try await answerer.subscribe([MQTTSubscription("double")])
                async let answering: Void = {
                    for await delivery in answerer.deliveries.prefix(50) {
                        let topic = delivery.message.properties.responseTopic ?? ""
                        var answer = MQTTMessage(topic: topic, text: "\((Int(delivery.message.text) ?? 0) * 2)")
                        answer.properties.correlationData = delivery.message.properties.correlationData
                        _ = try? await answerer.publish(answer)
                        delivery.acknowledge()
                    }
                }()
                try await withThrowingTaskGroup(of: (Int, String).self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            let request = MQTTMessage(topic: "double", text: "\(number)")
                            return (number, try await asker.request(request, timeout: .seconds(50)).text)
                        }
                    }
                    for try await (number, answer) in group { #expect(answer == "\(number * 2)") }
                }
                await answering
            }
        }
    }

    @Test func aSessionIsResumedWhenTheServerComesBackInOrder() async throws {
        let broker = try await Mosquitto()
        try await withClient(.testing(broker.endpoint, "sub")) { subscriber in
            _ = try await subscriber.subscribe([MQTTSubscription("t")])
            try await withClient(.testing(broker.endpoint, "pub")) { publisher in
                try await publisher.publish(MQTTMessage(topic: "t", text: "before"))
                var deliveries = subscriber.deliveries.makeAsyncIterator()
                let first = try #require(await deliveries.next())
                #expect(first.message.text == "before")
                // Not acknowledged: it comes again.
                broker.stop()
                async let published = publisher.publish(MQTTMessage(topic: "t", text: "after"))
                try await broker.start()
                let again = try #require(await deliveries.next())
                #expect(again.message.text == "before")
                #expect(again.redelivered)
                again.acknowledge()
                _ = try await published
                let second = try #require(await deliveries.next())
                #expect(second.message.text == "after")
                second.acknowledge()
            }
            var isLost = false
            await subscriber.close(endingSession: true)
            for await event in subscriber.events {
                if case .sessionLost = event { isLost = true }
            }
            #expect(!isLost)
        }
    }

    /// Mosquitto 2.0.11 saves sessions, but not their shared subscriptions.
    @Test func aSharedSubscriptionOutlivesTheServersRestart() async throws {
        let broker = try await Mosquitto()
        try await withClient(.testing(broker.endpoint, "sub")) { subscriber in
            _ = try await subscriber.subscribe([MQTTSubscription("$share/g/t"), MQTTSubscription("u")])
            broker.stop()
            try await broker.start()
            try await withClient(.testing(broker.endpoint, "pub")) { publisher in
                while try await publisher.publish(MQTTMessage(topic: "t", text: "t")).reasonCode != .success {}
                var deliveries = subscriber.deliveries.makeAsyncIterator()
                #expect(await deliveries.next()?.message.topic == "t")
            }
        }
    }

    @Test func aKilledServerLosesTheSessionAndTheServiceGoesOn() async throws {
        let broker = try await Mosquitto()
        try await withClient(.testing(broker.endpoint, "sub")) { subscriber in
            _ = try await subscriber.subscribe([MQTTSubscription("$share/g/t/#"), MQTTSubscription("u")])
            broker.kill()
            try await broker.start()
            var events = subscriber.events.makeAsyncIterator()
            while let event = await events.next() {
                if case .sessionLost = event { break }
            }
            try await withClient(.testing(broker.endpoint, "pub")) { publisher in
                // Whether the subscriptions are there again is what the answer says.
                while try await publisher.publish(MQTTMessage(topic: "t/1", text: "t")).reasonCode != .success {}
                var deliveries = subscriber.deliveries.makeAsyncIterator()
                #expect(await deliveries.next()?.message.topic == "t/1")
            }
        }
    }

    /// The broker is killed again and again while messages are published: each ends as acknowledged, in order, and none
    /// is refused, whatever state its handshake was in.
    @Test func everyPublishIsAcknowledgedThoughTheServerIsKilledAgainAndAgain() async throws {
        let broker = try await Mosquitto()
        try await withClient(.testing(broker.endpoint, "pub")) { publisher in
            let acknowledged = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<20 {
                    group.addTask {
                        for number in 0..<50 {
                            try await publisher.publish(MQTTMessage(topic: "t/\(task)", text: "\(number)"))
                            acknowledged.next()
                        }
                    }
                }
                for part in 1...4 {
                    while acknowledged.value < part * 200 { await Task.yield() }
                    broker.kill()
                    try await broker.start()
                }
                try await group.waitForAll()
            }
            #expect(acknowledged.value == 1_000)
            #expect(publisher.waitingMessages == 0)
        }
    }

    @Test func aClosedSessionIsKeptOrEnded() async throws {
        let broker = try await Mosquitto()
        for (endingSession, isPresent) in [(false, true), (true, false)] {
            let configuration = MQTTClientConfiguration.testing(broker.endpoint, "keeper")
            try await withClient(configuration) { client in
                try await client.waitUntilConnected()
                await client.close(endingSession: endingSession)
            }
            try await withClient(configuration) { client in
                let information = try await client.waitUntilConnected()
                #expect(information.sessionPresent == isPresent)
            }
        }
    }

    @Test func connectsOverTCPAndComesBack() async throws {
        let broker = try await Mosquitto(overTCP: true)
        try await withClient(.testing(broker.endpoint)) { client in
            let before = try await client.publish(MQTTMessage(topic: "t", text: ""))
            #expect(before.reasonCode == .noMatchingSubscribers)
            broker.kill()
            while client.connection != nil { await Task.yield() }
            async let after = client.publish(MQTTMessage(topic: "t", text: ""))
            try await broker.start()
            #expect(try await after.reasonCode == .noMatchingSubscribers)
        }
    }

    @Test func aNameThatHasNoAddressIsTriedAgainUntilClosed() async throws {
        let configuration = MQTTClientConfiguration.testing(.tcp(host: "no-such-host.invalid", port: 1))
        let end = try await withClient(configuration) { client in
            let waiting = Task { try await client.waitUntilConnected() }
            waiting.cancel()
            await #expect { try await waiting.value } throws: { ($0 as? MQTTClientError)?.code == .cancelled }
        }
        #expect(end == nil)
    }
}
