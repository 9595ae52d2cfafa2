import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

@Suite("QoS 2", .timeLimit(.minutes(10)))
struct ExactlyOnceTests {
    private static func message(_ identifier: UInt16, _ text: String = "", dup: Bool = false) -> Packet {
        .publish(
            Publish(
                dup: dup,
                qos: .exactlyOnce,
                topic: "t",
                packetIdentifier: identifier,
                payload: ByteBuffer(string: text)
            )
        )
    }

    private static let outgoing = MQTTMessage(topic: "x", text: "1", qos: .exactlyOnce)

    // MARK: Publishing

    @Test func publishingGoesThroughTheHandshake() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let published = client.publish(Self.outgoing)
            let publish = try await connection.receivePublish()
            #expect(publish.qos == .exactlyOnce)
            #expect(!publish.dup)
            let identifier = publish.packetIdentifier ?? 0
            try await connection.send(
                .pubrec(PubRec(packetIdentifier: identifier, reasonCode: .noMatchingSubscribers))
            )
            #expect(try await connection.receive() == .pubrel(PubRel(packetIdentifier: identifier)))
            try await connection.send(.pubrec(PubRec(packetIdentifier: identifier)))
            #expect(try await connection.receive() == .pubrel(PubRel(packetIdentifier: identifier)))
            try await connection.send(.pubcomp(PubComp(packetIdentifier: identifier)))
            #expect(try await published.reasonCode == .noMatchingSubscribers)
            #expect(client.waitingMessages == 0)
        }
    }

    @Test func aReconnectGoesOnWhereTheHandshakeWas() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let first = client.publish(Self.outgoing)
            let one = try await connection.receivePublish().packetIdentifier ?? 0
            async let second = client.publish(MQTTMessage(topic: "x", text: "2", qos: .exactlyOnce))
            let two = try await connection.receivePublish().packetIdentifier ?? 0
            try await connection.send(.pubrec(PubRec(packetIdentifier: one)))
            #expect(try await connection.receive() == .pubrel(PubRel(packetIdentifier: one)))
            await connection.close()
            let (next, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            #expect(try await next.receive() == .pubrel(PubRel(packetIdentifier: one)))
            let again = try await next.receivePublish()
            #expect(again.packetIdentifier == two)
            #expect(again.dup)
            // The server forgot it meanwhile: that is no error (MQTT 5.0 §3.7.2.1).
            try await next.send(
                .pubcomp(PubComp(packetIdentifier: one, reasonCode: .packetIdentifierNotFound)),
                .pubrec(PubRec(packetIdentifier: two))
            )
            #expect(try await next.receive() == .pubrel(PubRel(packetIdentifier: two)))
            try await next.send(.pubcomp(PubComp(packetIdentifier: two)))
            _ = try await (first, second)
        }
    }

    @Test func aRefusalIsAnError() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let published = client.publish(Self.outgoing)
            let identifier = try await connection.receivePublish().packetIdentifier ?? 0
            try await connection.send(.pubrec(PubRec(packetIdentifier: identifier, reasonCode: .quotaExceeded)))
            do {
                _ = try await published
                Issue.record("a refused message was published")
            } catch let error as MQTTClientError {
                #expect(error.code == .publishRefused)
                #expect(error.reasonCode == .quotaExceeded)
            }
        }
    }

    @Test(arguments: [true, false])
    func aLostSessionIsToldWhereNobodyKnows(isReceived: Bool) async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let published = client.publish(Self.outgoing)
            let identifier = try await connection.receivePublish().packetIdentifier ?? 0
            if isReceived {
                try await connection.send(.pubrec(PubRec(packetIdentifier: identifier)))
                _ = try await connection.receive()
            }
            await connection.close()
            let (next, _) = try await peer.welcome(ConnAck(sessionPresent: false))
            if isReceived {
                _ = try await published
            } else {
                do {
                    _ = try await published
                    Issue.record("a message was published that nobody knows of")
                } catch let error as MQTTClientError {
                    #expect(error.code == .sessionLost)
                }
            }
            async let other = client.publish(MQTTMessage(topic: "y", text: ""))
            let publish = try await next.receivePublish()
            #expect(publish.topic == "y", "nothing is sent twice")
            try await next.send(.puback(PubAck(packetIdentifier: publish.packetIdentifier ?? 0)))
            _ = try await other
        }
    }

    @Test(arguments: [
        Packet.puback(PubAck(packetIdentifier: 1)), .pubcomp(PubComp(packetIdentifier: 1)),
    ])
    func theWrongAnswerBreaksTheProtocol(answer: Packet) async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let published = client.publish(Self.outgoing)
            let publish = try await connection.receivePublish()
            #expect(publish.packetIdentifier == 1)
            try await connection.send(answer)
            #expect(try await connection.receive() == .disconnect(Disconnect(reasonCode: .protocolError)))
            await connection.close()
            let (next, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            #expect(try await next.receivePublish().dup, "the message is kept")
            try await next.send(.pubrec(PubRec(packetIdentifier: 1)), .pubcomp(PubComp(packetIdentifier: 1)))
            _ = try await published
        }
    }

    @Test func pubRecForNothingIsAnswered() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { _ in
            let (connection, _) = try await peer.welcome()
            try await connection.send(.pubrec(PubRec(packetIdentifier: 9)))
            let expected = PubRel(packetIdentifier: 9, reasonCode: .packetIdentifierNotFound)
            #expect(try await connection.receive() == .pubrel(expected))
        }
    }

    // MARK: Receiving

    @Test func acknowledgingGoesThroughTheHandshake() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(Self.message(5, "a"), Self.message(6, "b"))
            var deliveries = client.deliveries.makeAsyncIterator()
            let (first, second) = (try #require(await deliveries.next()), try #require(await deliveries.next()))
            #expect(first.message.qos == .exactlyOnce)
            second.acknowledge()
            first.acknowledge()
            first.acknowledge()
            #expect(try await connection.receive() == .pubrec(PubRec(packetIdentifier: 5)), "MQTT-4.6.0-3")
            #expect(try await connection.receive() == .pubrec(PubRec(packetIdentifier: 6)))
            // It comes again before PUBREC arrived, and is not handed over.
            try await connection.send(Self.message(5, "a", dup: true), .pubrel(PubRel(packetIdentifier: 5)))
            #expect(try await connection.receive() == .pubcomp(PubComp(packetIdentifier: 5)))
            try await connection.send(.pubrel(PubRel(packetIdentifier: 5)))
            let unknown = PubComp(packetIdentifier: 5, reasonCode: .packetIdentifierNotFound)
            #expect(try await connection.receive() == .pubcomp(unknown))
            try await connection.send(Self.message(5, "c"))
            #expect(await deliveries.next()?.message.text == "c", "the identifier is free")
        }
    }

    @Test func whatTheApplicationHasIsNotHandedOverAgainAfterAReconnect() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(Self.message(5, "a"), Self.message(6, "b"))
            var deliveries = client.deliveries.makeAsyncIterator()
            let (first, second) = (try #require(await deliveries.next()), try #require(await deliveries.next()))
            first.acknowledge()
            #expect(try await connection.receive() == .pubrec(PubRec(packetIdentifier: 5)))
            await connection.close()
            let (next, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            try await next.send(
                Self.message(5, "a", dup: true),
                Self.message(6, "b", dup: true),
                Self.message(7, "c")
            )
            #expect(try await next.receive() == .pubrec(PubRec(packetIdentifier: 5)), "answered, not handed over")
            #expect(await deliveries.next()?.message.text == "c")
            // The delivery of the first connection counts.
            second.acknowledge()
            #expect(try await next.receive() == .pubrec(PubRec(packetIdentifier: 6)))
        }
    }

    @Test func anAcknowledgementWithoutAConnectionCounts() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(Self.message(5, "a"))
            var deliveries = client.deliveries.makeAsyncIterator()
            let delivery = try #require(await deliveries.next())
            await connection.close()
            let next = try await peer.accept()
            delivery.acknowledge()
            _ = try await next.receive()
            try await next.send(.connack(ConnAck(sessionPresent: true)), Self.message(5, "a", dup: true))
            #expect(try await next.receive() == .pubrec(PubRec(packetIdentifier: 5)))
        }
    }

    @Test func whatWasLetGoComesAgain() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(Self.message(5, "a"), Self.message(6, "never taken"))
            do {
                var deliveries = client.deliveries.makeAsyncIterator()
                #expect(await deliveries.next()?.message.text == "a")
            }
            await connection.close()
            let (next, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            try await next.send(Self.message(5, "a", dup: true), Self.message(6, "never taken", dup: true))
            var texts: [String] = []
            for await delivery in client.deliveries.prefix(2) {
                #expect(delivery.redelivered)
                texts.append(delivery.message.text)
                delivery.acknowledge()
            }
            #expect(texts == ["a", "never taken"])
            #expect(try await next.receive() == .pubrec(PubRec(packetIdentifier: 5)))
            #expect(try await next.receive() == .pubrec(PubRec(packetIdentifier: 6)))
        }
    }

    @Test func aServerThatEndsTheHandshakeItselfHoldsNothingBack() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(Self.message(5, "a"), Self.message(6, "b"))
            var deliveries = client.deliveries.makeAsyncIterator()
            let (first, second) = (try #require(await deliveries.next()), try #require(await deliveries.next()))
            second.acknowledge()
            try await connection.send(.pubrel(PubRel(packetIdentifier: 5)))
            let answers = [try await connection.receive(), try await connection.receive()]
            #expect(answers.contains(.pubcomp(PubComp(packetIdentifier: 5))))
            #expect(answers.contains(.pubrec(PubRec(packetIdentifier: 6))))
            first.acknowledge()
        }
    }
}
