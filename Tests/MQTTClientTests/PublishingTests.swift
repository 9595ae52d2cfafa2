import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

@Suite("Publishing", .timeLimit(.minutes(10)))
struct PublishingTests {
    /// Starts to publish, and waits until the client has the message.
    private static func start(_ client: MQTTClient, _ text: String, timeout: Duration? = nil) -> Task<
        Result<MQTTPublishResult, MQTTClientError>, Never
    > {
        Task {
            do throws(MQTTClientError) {
                return .success(try await client.publish(MQTTMessage(topic: "t", text: text), timeout: timeout))
            } catch {
                return .failure(error)
            }
        }
    }

    private static func code(_ result: Result<MQTTPublishResult, MQTTClientError>) -> MQTTClientError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    @Test func givesWhatTheServerAnswered() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let first = Self.start(client, "one")
            let identifier = try await connection.receivePublish().packetIdentifier ?? 0
            let properties = AckProperties(
                reasonString: "nobody",
                userProperties: [UserProperty(name: "a", value: "b")]
            )
            try await connection.send(
                .puback(
                    PubAck(packetIdentifier: identifier, reasonCode: .noMatchingSubscribers, properties: properties)
                )
            )
            let expected = MQTTPublishResult(
                reasonCode: .noMatchingSubscribers,
                reasonString: "nobody",
                userProperties: [MQTTUserProperty("a", "b")]
            )
            #expect(try await first.value.get() == expected)
        }
    }

    @Test(arguments: [0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99] as [UInt8])
    func aRefusalIsThrownAndNotTriedAgain(code: UInt8) async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let refused = Self.start(client, "one")
            let identifier = try await connection.receivePublish().packetIdentifier ?? 0
            try await connection.send(
                .puback(PubAck(packetIdentifier: identifier, reasonCode: ReasonCode(rawValue: code)))
            )
            guard case .failure(let error) = await refused.value else {
                Issue.record("not refused")
                return
            }
            #expect(error.code == .publishRefused)
            #expect(error.reasonCode == MQTTReasonCode(rawValue: code))
            await connection.close()
            let (next, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            try await client.publish(MQTTMessage(topic: "other", text: "", qos: .atMostOnce))
            #expect(try await next.receivePublish().topic == "other")
        }
    }

    @Test func sendsEverythingThatBelongsToAMessage() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let message = MQTTMessage(
                topic: "a/b",
                payload: ByteBuffer(bytes: [1, 2, 3]),
                qos: .atMostOnce,
                retain: true,
                properties: MQTTMessageProperties(
                    expiry: .milliseconds(3_600_500),
                    contentType: "c",
                    responseTopic: "r",
                    correlationData: [9],
                    payloadFormat: .bytes,
                    userProperties: [MQTTUserProperty("n", "v")]
                )
            )
            try await client.publish(message)
            var publish = try await connection.receivePublish()
            // Rounded up; the time that it waited here was taken off.
            #expect((3_000...3_601).contains(publish.properties.messageExpiryInterval ?? 0))
            publish.properties.messageExpiryInterval = nil
            let properties = PublishProperties(
                payloadFormatIndicator: 0,
                responseTopic: "r",
                correlationData: ByteBuffer(bytes: [9]),
                userProperties: [UserProperty(name: "n", value: "v")],
                contentType: "c"
            )
            let expected = Publish(
                retain: true,
                topic: "a/b",
                properties: properties,
                payload: ByteBuffer(bytes: [1, 2, 3])
            )
            #expect(publish == expected)
        }
    }

    @Test func keepsToTheServersReceiveMaximum() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome(ConnAck(properties: ConnAckProperties(receiveMaximum: 2)))
            let publishes = (0..<6).map { Self.start(client, "\($0)") }
            var held: [UInt16] = []
            for _ in 0..<2 { held.append(try await connection.receivePublish().packetIdentifier ?? 0) }
            for _ in 0..<4 {
                // If a third were under way, it would come before the one that this acknowledgement lets go.
                try await connection.send(.puback(PubAck(packetIdentifier: held.removeFirst())))
                held.append(try await connection.receivePublish().packetIdentifier ?? 0)
                #expect(Set(held).count == 2)
            }
            for identifier in held { try await connection.send(.puback(PubAck(packetIdentifier: identifier))) }
            for publish in publishes { #expect(Self.code(await publish.value) == nil) }
        }
    }

    @Test func sendsAgainInOrderMarkedAsDuplicatesAfterAReconnect() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (first, _) = try await peer.welcome(ConnAck(properties: ConnAckProperties(receiveMaximum: 4)))
            var publishes: [Task<Result<MQTTPublishResult, MQTTClientError>, Never>] = []
            var sent: [Publish] = []
            for number in 0..<4 {
                publishes.append(Self.start(client, "\(number)"))
                sent.append(try await first.receivePublish())
            }
            #expect(sent.allSatisfy { !$0.dup })
            try await first.send(.puback(PubAck(packetIdentifier: sent[1].packetIdentifier ?? 0)))
            #expect(Self.code(await publishes[1].value) == nil)
            await first.close()
            while client.connection != nil { await Task.yield() }
            let waiting = Self.start(client, "4")

            let (second, _) = try await peer.welcome(
                ConnAck(sessionPresent: true, properties: ConnAckProperties(receiveMaximum: 2))
            )
            for index in [0, 2, 3] {
                let again = try await second.receivePublish()
                #expect(again.dup)
                #expect(again.packetIdentifier == sent[index].packetIdentifier)
                #expect(again.payload == sent[index].payload)
                try await second.send(.puback(PubAck(packetIdentifier: again.packetIdentifier ?? 0)))
            }
            let new = try await second.receivePublish()
            #expect(!new.dup)
            #expect(String(buffer: new.payload) == "4")
            try await second.send(.puback(PubAck(packetIdentifier: new.packetIdentifier ?? 0)))
            for publish in publishes + [waiting] { #expect(Self.code(await publish.value) == nil) }
        }
    }

    @Test func sendsAsNewWhatALostSessionHadNotAcknowledged() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (first, _) = try await peer.welcome()
            let publish = Self.start(client, "one")
            _ = try await first.receivePublish()
            await first.close()
            let (second, _) = try await peer.welcome(ConnAck(sessionPresent: false))
            let again = try await second.receivePublish()
            #expect(!again.dup)
            #expect(String(buffer: again.payload) == "one")
            try await second.send(.puback(PubAck(packetIdentifier: again.packetIdentifier ?? 0)))
            #expect(Self.code(await publish.value) == nil)
        }
    }

    @Test func waitsWithinItsLimitsWhileThereIsNoConnection() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.queueLimits = MQTTQueueLimits(messages: 3, bytes: 1_000)
        try await withClient(configuration) { client in
            let large = MQTTMessage(topic: "t", text: String(repeating: "x", count: 1_001))
            await #expect { try await client.publish(large) } throws: { Self.isFull($0) }
            let all = (0..<4).map { Self.start(client, "\($0)") }
            // Three fit and one does not, whichever comes last; and it hears so at once.
            let (connection, _) = try await peer.welcome()
            var identifiers: [UInt16] = []
            for _ in 0..<3 { identifiers.append(try await connection.receivePublish().packetIdentifier ?? 0) }
            for identifier in identifiers { try await connection.send(.puback(PubAck(packetIdentifier: identifier))) }
            var refused = 0
            for publish in all where Self.code(await publish.value) == .queueFull { refused += 1 }
            #expect(refused == 1)
            let last = Self.start(client, "there is room again")
            let identifier = try await connection.receivePublish().packetIdentifier ?? 0
            try await connection.send(.puback(PubAck(packetIdentifier: identifier)))
            #expect(Self.code(await last.value) == nil)
        }
    }

    private static func isFull(_ error: any Error) -> Bool { (error as? MQTTClientError)?.code == .queueFull }

    @Test func whatTheServerDoesNotTakeIsNotSent() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let properties = ConnAckProperties(maximumQoS: .atMostOnce, retainAvailable: false, maximumPacketSize: 50)
            let (connection, _) = try await peer.welcome(ConnAck(properties: properties))
            let expected: [(MQTTMessage, MQTTReasonCode)] = [
                (MQTTMessage(topic: "t", text: ""), .qosNotSupported),
                (MQTTMessage(topic: "t", text: "", qos: .atMostOnce, retain: true), .retainNotSupported),
                (MQTTMessage(topic: "t", text: String(repeating: "x", count: 45), qos: .atMostOnce), .packetTooLarge),
            ]
            for (message, code) in expected {
                await #expect { try await client.publish(message) } throws: { error in
                    (error as? MQTTClientError)?.reasonCode == code
                }
            }
            try await client.publish(MQTTMessage(topic: "t", text: String(repeating: "x", count: 44), qos: .atMostOnce))
            #expect(try await connection.receivePublish().payload.readableBytes == 44)
        }
    }

    @Test(arguments: [
        MQTTMessage(topic: "", text: ""), MQTTMessage(topic: "a/+", text: ""), MQTTMessage(topic: "a\u{0}", text: ""),
        MQTTMessage(topic: String(repeating: "x", count: 65_536), text: ""),
        MQTTMessage(topic: "t", text: "", properties: MQTTMessageProperties(responseTopic: "#")),
        MQTTMessage(topic: "t", text: "", properties: MQTTMessageProperties(contentType: "\u{0}")),
        MQTTMessage(
            topic: "t",
            text: "",
            properties: MQTTMessageProperties(correlationData: Array(repeating: 0, count: 65_536))
        ),
        MQTTMessage(
            topic: "t",
            text: "",
            properties: MQTTMessageProperties(
                userProperties: [MQTTUserProperty("n", String(repeating: "x", count: 65_536))]
            )
        ),
    ])
    func whatCannotBeEncodedIsRefusedAtOnce(message: MQTTMessage) async throws {
        try await withClient(.testing(Peer().endpoint)) { client in
            await #expect { try await client.publish(message) } throws: { error in
                (error as? MQTTClientError)?.code == .invalidArgument
            }
        }
    }

    @Test func aCancelledPublishThatWasNotSentIsTakenBack() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let cancelled = Self.start(client, "never")
            cancelled.cancel()
            #expect(Self.code(await cancelled.value) == .cancelled)
            let (connection, _) = try await peer.welcome()
            try await client.publish(MQTTMessage(topic: "t", text: "sent", qos: .atMostOnce))
            #expect(String(buffer: try await connection.receivePublish().payload) == "sent")
        }
    }

    @Test func aCancelledPublishThatWasSentKeepsItsIdentifierUntilAcknowledged() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (first, _) = try await peer.welcome()
            let cancelled = Self.start(client, "sent")
            let sent = try await first.receivePublish()
            cancelled.cancel()
            #expect(Self.code(await cancelled.value) == .cancelled)
            await first.close()
            let (second, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            let again = try await second.receivePublish()
            #expect(again.dup)
            #expect(again.packetIdentifier == sent.packetIdentifier)
            try await second.send(.puback(PubAck(packetIdentifier: again.packetIdentifier ?? 0)))
        }
    }

    @Test func timesOutByTheClock() async throws {
        let peer = Peer()
        let clock = ManualClock()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.clock = clock
        configuration.keepAlive = .zero
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            try await client.waitUntilConnected()
            let late = Self.start(client, "late", timeout: .seconds(5))
            let sent = try await connection.receivePublish()
            await clock.pass(.seconds(5))
            #expect(Self.code(await late.value) == .timedOut)
            // The acknowledgement still comes, and meets nobody.
            try await connection.send(.puback(PubAck(packetIdentifier: sent.packetIdentifier ?? 0)))
            let next = Self.start(client, "next")
            let identifier = try await connection.receivePublish().packetIdentifier ?? 0
            try await connection.send(.puback(PubAck(packetIdentifier: identifier)))
            #expect(Self.code(await next.value) == nil)
        }
    }

    @Test func aMessageThatExpiredWhileItWaitedIsNotSent() async throws {
        let peer = Peer()
        let clock = ManualClock()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.clock = clock
        configuration.connectTimeout = .seconds(1_000)
        try await withClient(configuration) { client in
            let connection = try await peer.accept()
            _ = try await connection.receive()
            var short = MQTTMessage(topic: "t", text: "short")
            short.properties.expiry = .seconds(5)
            var long = short
            long.properties.expiry = .seconds(10)
            async let lost = client.publish(short)
            async let kept = client.publish(long)
            // Both were given an expiry by the clock once they count among what waits.
            while client.waitingMessages < 2 { await Task.yield() }
            clock.advance(by: .seconds(6))
            try await connection.send(.connack(ConnAck()))
            let publish = try await connection.receivePublish()
            #expect(publish.properties.messageExpiryInterval == 4, "what is left of ten seconds")
            try await connection.send(.puback(PubAck(packetIdentifier: publish.packetIdentifier ?? 0)))
            _ = try await kept
            do {
                _ = try await lost
                Issue.record("an expired message was sent")
            } catch {
                #expect((error as? MQTTClientError)?.code == .messageExpired)
            }
        }
    }

    @Test func closingFailsWhatWaits() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let sent = Self.start(client, "sent")
            _ = try await connection.receivePublish()
            await client.close(endingSession: false)
            #expect(Self.code(await sent.value) == .closed)
            #expect(Self.code(await Self.start(client, "too late").value) == .closed)
        }
    }
}
