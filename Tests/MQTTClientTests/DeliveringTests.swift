import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

@Suite("Delivering and acknowledging", .timeLimit(.minutes(10)))
struct DeliveringTests {
    private static func message(_ identifier: UInt16, _ text: String = "") -> Packet {
        .publish(
            Publish(qos: .atLeastOnce, topic: "t", packetIdentifier: identifier, payload: ByteBuffer(string: text))
        )
    }

    /// The next packets are PUBACK, in this order.
    private static func expectAcknowledged(
        _ identifiers: some Sequence<UInt16>,
        on connection: PeerConnection
    ) async throws {
        for identifier in identifiers {
            #expect(try await connection.receive() == .puback(PubAck(packetIdentifier: identifier)))
        }
    }

    @Test func acknowledgementsLeaveInTheOrderOfArrival() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(Self.message(10), Self.message(20), Self.message(30))
            var deliveries: [MQTTDelivery] = []
            for await delivery in client.deliveries.prefix(3) { deliveries.append(delivery) }
            deliveries[2].acknowledge()
            deliveries[1].acknowledge()
            // A packet that leaves only after those two had their chance.
            async let published = client.publish(MQTTMessage(topic: "x", text: ""))
            let publish = try await connection.receivePublish()
            #expect(publish.topic == "x")
            try await connection.send(.puback(PubAck(packetIdentifier: publish.packetIdentifier ?? 0)))
            _ = try await published
            deliveries[0].acknowledge()
            deliveries[0].acknowledge()
            deliveries[2].acknowledge()
            try await Self.expectAcknowledged([10, 20, 30], on: connection)
        }
    }

    @Test func acknowledgementsComeFromAnyThread() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.receiveMaximum = 1_000
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            for identifier in 1...1_000 as ClosedRange<UInt16> { try await connection.send(Self.message(identifier)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for await delivery in client.deliveries.prefix(1_000) {
                    group.addTask { delivery.acknowledge() }
                }
                try await group.waitForAll()
            }
            try await Self.expectAcknowledged(1...1_000, on: connection)
        }
    }

    @Test func showsEverythingThatCameWithAMessage() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let properties = PublishProperties(
                payloadFormatIndicator: 1,
                messageExpiryInterval: 9,
                responseTopic: "r",
                correlationData: ByteBuffer(bytes: [1, 2]),
                userProperties: [UserProperty(name: "n", value: "v"), UserProperty(name: "n", value: "w")],
                subscriptionIdentifiers: [3, 4],
                contentType: "text/plain"
            )
            let payload = ByteBuffer(string: "hello")
            try await connection.send(
                .publish(
                    Publish(
                        dup: true,
                        qos: .atLeastOnce,
                        retain: true,
                        topic: "a/b",
                        packetIdentifier: 7,
                        properties: properties,
                        payload: payload
                    )
                )
            )
            var deliveries = client.deliveries.makeAsyncIterator()
            let delivery = try #require(await deliveries.next())
            #expect(delivery.redelivered)
            #expect(delivery.subscriptionIdentifiers == [3, 4])
            let expected = MQTTMessage(
                topic: "a/b",
                payload: payload,
                qos: .atLeastOnce,
                retain: true,
                properties: MQTTMessageProperties(
                    expiry: .seconds(9),
                    contentType: "text/plain",
                    responseTopic: "r",
                    correlationData: [1, 2],
                    payloadFormat: .utf8,
                    userProperties: [MQTTUserProperty("n", "v"), MQTTUserProperty("n", "w")]
                )
            )
            #expect(delivery.message == expected)
            #expect(delivery.message.properties.userProperty("n") == "v")
        }
    }

    @Test func packetsThatComeByteByByteAreWhole() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            var buffer = ByteBuffer()
            let text = String(repeating: "long ", count: 100)
            for identifier in 1...3 as ClosedRange<UInt16> {
                Self.message(identifier, text).encode(into: &buffer, version: .v5)
            }
            let bytes = Array(buffer.readableBytesView)
            for byte in bytes.prefix(600) { try await connection.send(bytes: [byte]) }
            try await connection.send(bytes: Array(bytes.dropFirst(600)))
            for await delivery in client.deliveries.prefix(3) { #expect(delivery.message.text == text) }
        }
    }

    @Test func aPacketLargerThanManyReadsIsWhole() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let text = String(repeating: "0123456789", count: 100_000)
            try await connection.send(Self.message(1, "before"), Self.message(2, text), Self.message(3, "after"))
            var lengths: [Int] = []
            for await delivery in client.deliveries.prefix(3) { lengths.append(delivery.message.payload.readableBytes) }
            #expect(lengths == [6, 1_000_000, 5])
        }
    }

    @Test func goingPastTheReceiveMaximumEndsTheConnection() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.receiveMaximum = 1
        configuration.receiveMaximumAllowance = 1
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(Self.message(1), Self.message(2))
            for await delivery in client.deliveries.prefix(2) { delivery.acknowledge() }
            try await Self.expectAcknowledged(1...2, on: connection)
            try await connection.send(Self.message(1), Self.message(2), Self.message(3))
            #expect(try await connection.receive() == .disconnect(Disconnect(reasonCode: .receiveMaximumExceeded)))
            await connection.close()
            var events = client.events.makeAsyncIterator()
            guard case .connected = await events.next(), case .disconnected(let error) = await events.next() else {
                Issue.record("not connected and disconnected")
                return
            }
            #expect(error.code == .protocolViolation)
            #expect(error.reasonCode == .receiveMaximumExceeded)
            _ = try await peer.welcome(ConnAck(sessionPresent: true))
            try await client.waitUntilConnected()
        }
    }

    @Test func aServerThatKnowsNoReceiveMaximumIsBorneWith() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.receiveMaximum = 2
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            let identifiers = 1...5_000 as ClosedRange<UInt16>
            var buffer = ByteBuffer()
            for identifier in identifiers { Self.message(identifier).encode(into: &buffer, version: .v5) }
            try await connection.send(bytes: Array(buffer.readableBytesView))
            var held: [MQTTDelivery] = []
            for await delivery in client.deliveries.prefix(identifiers.count) { held.append(delivery) }
            for delivery in held { delivery.acknowledge() }
            try await Self.expectAcknowledged(identifiers, on: connection)
        }
    }

    @Test func beyondTheReceiveMaximumBytesAreLimitedToo() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.receiveMaximum = 2
        configuration.receiveMaximumAllowanceBytes = 4_000
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            let large = String(repeating: "x", count: 2_000)
            // Within the Receive Maximum, whatever the size; and what is acknowledged does not count.
            try await connection.send(Self.message(1, large), Self.message(2, large))
            for await delivery in client.deliveries.prefix(2) { delivery.acknowledge() }
            try await Self.expectAcknowledged(1...2, on: connection)
            try await connection.send(Self.message(1), Self.message(2), Self.message(3), Self.message(4, large))
            for await delivery in client.deliveries.prefix(4) { delivery.acknowledge() }
            try await Self.expectAcknowledged(1...4, on: connection)
            // What is within the Receive Maximum takes nothing from what is allowed beyond: two small ones, or a large one.
            try await connection.send(Self.message(1, large), Self.message(2, large), Self.message(3, large))
            for await delivery in client.deliveries.prefix(3) { delivery.acknowledge() }
            try await Self.expectAcknowledged(1...3, on: connection)
            try await connection.send(Self.message(1), Self.message(2), Self.message(3, large), Self.message(4, large))
            #expect(try await connection.receive() == .disconnect(Disconnect(reasonCode: .receiveMaximumExceeded)))
            await connection.close()
            _ = try await peer.welcome(ConnAck(sessionPresent: true))
            try await client.waitUntilConnected()
        }
    }

    @Test func whatWasNotTakenIsDroppedWithItsConnectionAndComesAgain() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (first, _) = try await peer.welcome()
            try await first.send(Self.message(1, "one"), Self.message(2, "two"))
            var deliveries = client.deliveries.makeAsyncIterator()
            let early = try #require(await deliveries.next())
            #expect(early.message.text == "one")
            await first.close()

            let (second, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            try await client.waitUntilConnected()
            early.acknowledge()
            let again = Publish(dup: true, qos: .atLeastOnce, topic: "t", packetIdentifier: 1)
            try await second.send(.publish(again), Self.message(2, "two"))
            let late = try #require(await deliveries.next())
            #expect(late.redelivered)
            #expect(late.message.text == "", "the second one of the first connection is gone")
            late.acknowledge()
            #expect(try await second.receive() == .puback(PubAck(packetIdentifier: 1)))
            #expect(await deliveries.next()?.message.text == "two")
        }
    }

    @Test func qos0PastItsLimitIsDroppedAndNothingElse() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.maximumWaitingQoS0 = 2
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            for number in 0..<5 {
                try await connection.send(.publish(Publish(topic: "t", payload: ByteBuffer(string: "\(number)"))))
            }
            try await connection.send(Self.message(1, "sure"))
            // When the client answers this, it has read all of the above.
            async let published = client.publish(MQTTMessage(topic: "x", text: ""))
            let identifier = try await connection.receivePublish().packetIdentifier ?? 0
            try await connection.send(.puback(PubAck(packetIdentifier: identifier)))
            _ = try await published
            var texts: [String] = []
            for await delivery in client.deliveries.prefix(3) { texts.append(delivery.message.text) }
            #expect(texts == ["0", "1", "sure"])
        }
    }

    @Test func nothingIsHandedOutAfterStopReceiving() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(Self.message(1, "one"), Self.message(2, "two"))
            var deliveries = client.deliveries.makeAsyncIterator()
            let first = try #require(await deliveries.next())
            client.stopReceiving()
            try await connection.send(Self.message(3, "three"))
            #expect(await deliveries.next() == nil)
            first.acknowledge()
            #expect(try await connection.receive() == .puback(PubAck(packetIdentifier: 1)))
            await client.close(endingSession: false)
            #expect(try await connection.receive() == .disconnect(Disconnect()))
        }
    }

    @Test func aTaskThatWaitsForADeliveryCanBeCancelled() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let waiting = Task { () -> Bool in
                var deliveries = client.deliveries.makeAsyncIterator()
                return await deliveries.next() == nil
            }
            waiting.cancel()
            #expect(await waiting.value)
            try await connection.send(Self.message(1, "later"))
            var deliveries = client.deliveries.makeAsyncIterator()
            #expect(await deliveries.next()?.message.text == "later", "the sequence goes on")
        }
    }

    @Test(
        arguments: [
            // A topic alias, a second CONNACK, AUTH, garbage, QoS 3, PINGREQ, a packet that is too large.
            ([0x30, 0x06, 0x00, 0x00, 0x03, 0x23, 0x00, 0x01], 0x94), ([0x20, 0x03, 0x00, 0x00, 0x00], 0x82),
            ([0xF0, 0x00], 0x82),
            ([0x00, 0x00], 0x81), ([0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01], 0x81), ([0xC0, 0x00], 0x82),
            ([0x30, 0xFF, 0xFF, 0xFF, 0x7F], 0x95),
        ] as [([UInt8], UInt8)]
    )
    func aPacketThatBreaksTheProtocolIsAnsweredWithItsReason(bytes: [UInt8], code: UInt8) async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(bytes: bytes)
            // Nothing that follows it counts.
            try? await connection.send(Self.message(1, "ignored"))
            let expected = Packet.disconnect(Disconnect(reasonCode: ReasonCode(rawValue: code)))
            #expect(try await connection.receive() == expected)
            await connection.close()
            let (next, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            try await next.send(Self.message(1, "good"))
            var deliveries = client.deliveries.makeAsyncIterator()
            #expect(await deliveries.next()?.message.text == "good")
        }
    }
}
