import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

@Suite("Requests and answers", .timeLimit(.minutes(10)))
struct RequestingTests {
    private static func answer(_ request: Publish, _ text: String, identifier: UInt16? = nil) -> Packet {
        .publish(
            Publish(
                qos: identifier == nil ? .atMostOnce : .atLeastOnce,
                topic: request.properties.responseTopic ?? "",
                packetIdentifier: identifier,
                properties: PublishProperties(correlationData: request.properties.correlationData),
                payload: ByteBuffer(string: text)
            )
        )
    }

    @Test func subscribesOnceAndFindsTheAnswerByItsCorrelationData() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint, "me+you#")) { client in
            let (connection, _) = try await peer.welcome()
            async let one = client.request(MQTTMessage(topic: "q", text: "1"), timeout: .seconds(60))
            let subscribe = try await connection.grant()
            #expect(subscribe.filters.map(\.filter) == ["clients/me%2Byou%23/responses"])
            #expect(subscribe.filters.map(\.qos) == [.atMostOnce])
            let first = try await connection.receivePublish()
            #expect(first.properties.responseTopic == "clients/me%2Byou%23/responses")
            #expect(first.properties.correlationData?.readableBytes == 16)
            async let two = client.request(MQTTMessage(topic: "q", text: "2"), timeout: .seconds(60))
            let second = try await connection.receivePublish()
            #expect(first.properties.correlationData != second.properties.correlationData)
            try await connection.send(Self.answer(second, "two"), Self.answer(first, "one"))
            #expect(try await one.text == "one")
            #expect(try await two.text == "two")
        }
    }

    @Test func usesTheTopicAndTheCorrelationDataThatItIsGiven() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            var message = MQTTMessage(topic: "q", text: "")
            message.properties.responseTopic = "mine"
            message.properties.correlationData = [1, 2, 3]
            async let answer = client.request(message, timeout: .seconds(60))
            #expect(try await connection.grant().filters.map(\.filter) == ["mine"])
            let request = try await connection.receivePublish()
            #expect(request.properties.responseTopic == "mine")
            #expect(request.properties.correlationData == ByteBuffer(bytes: [1, 2, 3]))
            let same = message
            await #expect { try await client.request(same, timeout: .seconds(60)) } throws: { error in
                (error as? MQTTClientError)?.code == .invalidArgument
            }
            try await connection.send(Self.answer(request, "yes"))
            #expect(try await answer.text == "yes")
        }
    }

    @Test func timesOutByTheClockAndDropsTheLateAnswer() async throws {
        let peer = Peer()
        let clock = ManualClock()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.clock = clock
        configuration.keepAlive = .zero
        configuration.responseQoS = .atLeastOnce
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            try await client.waitUntilConnected()
            let late = Task { try await client.request(MQTTMessage(topic: "q", text: ""), timeout: .seconds(3)) }
            #expect(try await connection.grant().filters.map(\.qos) == [.atLeastOnce])
            let request = try await connection.receivePublish()
            try await connection.send(.puback(PubAck(packetIdentifier: request.packetIdentifier ?? 0)))
            await clock.pass(.seconds(3))
            await #expect { try await late.value } throws: { ($0 as? MQTTClientError)?.code == .timedOut }
            try await connection.send(Self.answer(request, "late", identifier: 5))
            #expect(try await connection.receive() == .puback(PubAck(packetIdentifier: 5)), "acknowledged and dropped")
        }
    }

    @Test func anAnswerAtQoS1IsAcknowledgedByTheClient() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.responseQoS = .atLeastOnce
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            async let answer = client.request(MQTTMessage(topic: "q", text: ""), timeout: .seconds(60))
            try await connection.grant()
            let request = try await connection.receivePublish()
            try await connection.send(Self.answer(request, "yes", identifier: 5))
            #expect(try await connection.receive() == .puback(PubAck(packetIdentifier: 5)))
            #expect(try await answer.text == "yes")
        }
    }

    @Test func aRefusedRequestFailsAtOnce() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let refused = Task { try await client.request(MQTTMessage(topic: "q", text: ""), timeout: .seconds(60)) }
            try await connection.grant()
            let identifier = try await connection.receivePublish().packetIdentifier ?? 0
            try await connection.send(.puback(PubAck(packetIdentifier: identifier, reasonCode: .notAuthorized)))
            await #expect { try await refused.value } throws: { error in
                (error as? MQTTClientError)?.code == .publishRefused
                    && (error as? MQTTClientError)?.reasonCode == .notAuthorized
            }
        }
    }

    @Test func aRefusedResponseTopicFailsTheRequestAndIsAskedForAgain() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            for _ in 0..<2 {
                let refused = Task {
                    try await client.request(MQTTMessage(topic: "q", text: ""), timeout: .seconds(60))
                }
                guard case .subscribe(let subscribe) = try await connection.receive() else {
                    Issue.record("no SUBSCRIBE")
                    return
                }
                let identifier = subscribe.packetIdentifier
                try await connection.send(.suback(SubAck(packetIdentifier: identifier, reasonCodes: [.notAuthorized])))
                await #expect { try await refused.value } throws: { error in
                    (error as? MQTTClientError)?.reasonCode == .notAuthorized
                }
                let publish = try await connection.receivePublish()
                try await connection.send(.puback(PubAck(packetIdentifier: publish.packetIdentifier ?? 0)))
            }
        }
    }

    @Test func aCancelledRequestIsClean() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let cancelled = Task { try await client.request(MQTTMessage(topic: "q", text: ""), timeout: .seconds(60)) }
            try await connection.grant()
            let request = try await connection.receivePublish()
            cancelled.cancel()
            await #expect { try await cancelled.value } throws: { ($0 as? MQTTClientError)?.code == .cancelled }
            try await connection.send(Self.answer(request, "late"))
            async let answer = client.request(MQTTMessage(topic: "q", text: ""), timeout: .seconds(60))
            let next = try await connection.receivePublish()
            try await connection.send(Self.answer(next, "good"))
            #expect(try await answer.text == "good")
        }
    }

    @Test func thereIsALimitToWaitingRequests() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.maximumPendingRequests = 1
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            async let answer = client.request(MQTTMessage(topic: "q", text: ""), timeout: .seconds(60))
            try await connection.grant()
            let request = try await connection.receivePublish()
            await #expect {
                try await client.request(MQTTMessage(topic: "q", text: ""), timeout: .seconds(60))
            } throws: {
                ($0 as? MQTTClientError)?.code == .queueFull
            }
            try await connection.send(Self.answer(request, "yes"))
            #expect(try await answer.text == "yes")
        }
    }
}
