import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

/// Topic aliases as the client uses and understands them (MQTT 5.0 §3.3.2.3.4), and where servers send it.
@Suite("Topic aliases", .timeLimit(.minutes(10)))
struct TopicAliasTests {
    private func welcome(_ peer: Peer, _ maximum: UInt16?, size: UInt32? = nil) async throws -> PeerConnection {
        let properties = ConnAckProperties(maximumPacketSize: size, topicAliasMaximum: maximum)
        return try await peer.welcome(ConnAck(properties: properties)).0
    }

    private func send(_ topics: [String], _ client: MQTTClient) async throws {
        for topic in topics { try await client.publish(MQTTMessage(topic: topic, text: "", qos: .atMostOnce)) }
    }

    private func receive(_ count: Int, _ connection: PeerConnection) async throws -> [(String, UInt16?)] {
        var came: [(String, UInt16?)] = []
        for _ in 0..<count {
            let publish = try await connection.receivePublish()
            came.append((publish.topic, publish.properties.topicAlias))
        }
        return came
    }

    @Test func theFirstTopicsGetNumbers() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.maximumTopicAliases = 2
        try await withClient(configuration) { client in
            var connection = try await self.welcome(peer, 10)
            _ = try await client.waitUntilConnected()
            try await self.send(["a", "b", "c", "a", "b", "c"], client)
            let came = try await self.receive(6, connection)
            #expect(came.map(\.0) == ["a", "b", "c", "", "", "c"])
            #expect(came.map(\.1) == [1, 2, nil, 1, 2, nil])
            await connection.close()
            connection = try await self.welcome(peer, 1)
            _ = try await client.waitUntilConnected()
            try await self.send(["b", "a", "b"], client)
            let again = try await self.receive(3, connection)
            #expect(again.map(\.0) == ["b", "a", ""], "each connection begins anew, with the server's maximum")
            #expect(again.map(\.1) == [1, nil, 1])
        }
    }

    @Test(arguments: [(0, 10), (5, 0), (5, nil)] as [(Int, UInt16?)])
    func whereNoneIsWantedNoneIsSent(own: Int, theirs: UInt16?) async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.maximumTopicAliases = own
        try await withClient(configuration) { client in
            let connection = try await self.welcome(peer, theirs)
            _ = try await client.waitUntilConnected()
            try await self.send(["a", "a"], client)
            let came = try await self.receive(2, connection)
            #expect(came.map(\.0) == ["a", "a"], "MQTT-3.2.2-18")
            #expect(came.map(\.1) == [nil, nil])
        }
    }

    @Test func aNumberThatDoesNotFitIsLeftOut() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.maximumTopicAliases = 2
        try await withClient(configuration) { client in
            // Two bytes, the topic's two and five, and the properties' one.
            let connection = try await self.welcome(peer, 10, size: 10)
            _ = try await client.waitUntilConnected()
            try await self.send(["12345", "12"], client)
            let came = try await self.receive(2, connection)
            #expect(came.map(\.1) == [nil, 1])
        }
    }

    @Test func numbersOfTheServerAreUnderstood() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.topicAliasMaximum = 2
        try await withClient(configuration) { client in
            let (connection, connect) = try await peer.welcome()
            #expect(connect.properties.topicAliasMaximum == 2)
            for (topic, alias) in [("a", 1), ("b", 2), ("", 1), ("c", 1), ("", 1), ("", 2)] as [(String, UInt16)] {
                let properties = PublishProperties(topicAlias: alias)
                try await connection.send(.publish(Publish(topic: topic, properties: properties)))
            }
            var topics: [String] = []
            for await delivery in client.deliveries {
                topics.append(delivery.message.topic)
                if topics.count == 6 { break }
            }
            #expect(topics == ["a", "b", "a", "c", "c", "b"], "MQTT-3.3.2-10")
        }
    }

    @Test(
        arguments: [("t", 3, ReasonCode.topicAliasInvalid), ("", 2, .protocolError)] as [(String, UInt16, ReasonCode)]
    )
    func aNumberThatMayNotBeIsAViolation(topic: String, alias: UInt16, reason: ReasonCode) async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.topicAliasMaximum = 2
        try await withClient(configuration) { _ in
            let (connection, _) = try await peer.welcome()
            let properties = PublishProperties(topicAlias: alias)
            try await connection.send(.publish(Publish(topic: topic, properties: properties)))
            #expect(try await connection.receiveUntilClosed() == [.disconnect(Disconnect(reasonCode: reason))])
        }
    }

    // MARK: Server redirection

    @Test(arguments: [true, false]) func theServerToUseIsInTheError(atConnect: Bool) async throws {
        let peer = Peer()
        let error = try await withClient(.testing(peer.endpoint), closing: false) { _ in
            if atConnect {
                let properties = ConnAckProperties(serverReference: "b.example:1883")
                let refusal = ConnAck(reasonCode: .serverMoved, properties: properties)
                _ = try await peer.welcome(refusal).0.receiveUntilClosed()
            } else {
                let (connection, _) = try await peer.welcome()
                let properties = DisconnectProperties(serverReference: "b.example:1883")
                try await connection.send(
                    .disconnect(Disconnect(reasonCode: .serverMoved, properties: properties))
                )
                _ = try await connection.receiveUntilClosed()
            }
        }
        #expect((error as? MQTTClientError)?.serverReference == "b.example:1883")
        #expect((error as? MQTTClientError)?.reasonCode == .serverMoved)
    }
}
