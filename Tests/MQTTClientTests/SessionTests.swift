import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import ServiceLifecycle
import Testing

@Suite("Sessions and their ends", .timeLimit(.minutes(10)))
struct SessionTests {
    @Test func aLostSessionIsReportedAndSubscribedAgain() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (first, _) = try await peer.welcome()
            async let one = client.subscribe([MQTTSubscription("a"), MQTTSubscription("b", qos: .atMostOnce)])
            try await first.grant()
            async let two = client.subscribe([MQTTSubscription("c", identifier: 7)])
            try await first.grant()
            _ = try await (one, two)
            async let ended = client.unsubscribe(["b"])
            guard case .unsubscribe(let unsubscribe) = try await first.receive() else { return }
            let answer = UnsubAck(packetIdentifier: unsubscribe.packetIdentifier, reasonCodes: [.success])
            try await first.send(.unsuback(answer))
            _ = try await ended
            await first.close()

            let (second, _) = try await peer.welcome(ConnAck(sessionPresent: false))
            #expect(try await second.grant().filters.map(\.filter) == ["a"])
            guard case .subscribe(let subscribe) = try await second.receive() else { return }
            #expect(subscribe.filters.map(\.filter) == ["c"])
            #expect(subscribe.properties.subscriptionIdentifier == 7)
            let refusal = SubAck(packetIdentifier: subscribe.packetIdentifier, reasonCodes: [.notAuthorized])
            try await second.send(.suback(refusal))

            var names: [String] = []
            for await event in client.events.prefix(5) {
                switch event {
                case .connected: names.append("connected")
                case .disconnected: names.append("disconnected")
                case .sessionLost: names.append("sessionLost")
                case .subscriptionRefused(let filter, let code): names.append("refused \(filter) \(code)")
                case .takenOver: names.append("takenOver")
                }
            }
            #expect(names == ["connected", "disconnected", "connected", "sessionLost", "refused c 0x87"])
        }
    }

    @Test func aLostSessionEndsTheRunIfToldSo() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.onSessionLost = .fail
        let end = try await withClient(configuration) { client in
            let (first, _) = try await peer.welcome(ConnAck(sessionPresent: false))
            await first.close()
            let (second, _) = try await peer.welcome(ConnAck(sessionPresent: false))
            #expect(try await second.receive() == .disconnect(Disconnect()))
            for await _ in client.deliveries {}
        }
        #expect((end as? MQTTClientError)?.code == .sessionLost)
    }

    @Test func aSessionTakenOverEndsTheRunWithoutAFight() async throws {
        let peer = Peer()
        let end = try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await client.waitUntilConnected()
            // Both in one write: nothing after DISCONNECT counts.
            try await connection.send(.disconnect(Disconnect(reasonCode: .sessionTakenOver)), .pingresp)
            for await _ in client.deliveries {}
            var isTakenOver = false
            for await event in client.events {
                if case .takenOver = event { isTakenOver = true }
            }
            #expect(isTakenOver)
        }
        let error = try #require(end as? MQTTClientError)
        #expect(error.code == .sessionTakenOver)
        #expect(error.reasonCode == .sessionTakenOver)
    }

    @Test(arguments: [0x81, 0x82, 0x87, 0x8F, 0x90, 0x94, 0x95, 0x99, 0x9A, 0x9B, 0x9D, 0x9E, 0xA1, 0xA2] as [UInt8])
    func aFatalDisconnectEndsTheRun(code: UInt8) async throws {
        let peer = Peer()
        let end = try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(.disconnect(Disconnect(reasonCode: ReasonCode(rawValue: code))))
            for await _ in client.deliveries {}
        }
        let error = try #require(end as? MQTTClientError)
        #expect(error.code == .disconnectedByServer)
        #expect(error.reasonCode == MQTTReasonCode(rawValue: code))
    }

    @Test(arguments: [0x00, 0x80, 0x83, 0x89, 0x8B, 0x8D, 0x93, 0x96, 0x97, 0x98, 0x9C, 0x9F, 0xA0] as [UInt8])
    func anyOtherDisconnectIsComeBackFrom(code: UInt8) async throws {
        let peer = Peer()
        let end = try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(.disconnect(Disconnect(reasonCode: ReasonCode(rawValue: code))))
            _ = try await peer.welcome(ConnAck(sessionPresent: true))
        }
        #expect(end == nil)
    }

    @Test(arguments: [true, false])
    func closingKeepsOrEndsTheSession(endingSession: Bool) async throws {
        let peer = Peer()
        let end = try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            try await connection.send(.publish(Publish(qos: .atLeastOnce, topic: "t", packetIdentifier: 3)))
            var deliveries = client.deliveries.makeAsyncIterator()
            await deliveries.next()?.acknowledge()
            await client.close(endingSession: endingSession)
            #expect(try await connection.receive() == .puback(PubAck(packetIdentifier: 3)), "given before the end")
            let properties = DisconnectProperties(sessionExpiryInterval: endingSession ? 0 : nil)
            #expect(try await connection.receive() == .disconnect(Disconnect(properties: properties)))
            #expect(await deliveries.next() == nil)
            await client.close(endingSession: endingSession)
        }
        #expect(end == nil)
    }

    @Test func cancellingTheRunDropsTheConnectionWithoutAWord() async throws {
        let peer = Peer()
        let client = MQTTClient(configuration: .testing(peer.endpoint), logger: .silent)
        let run = Task { try await client.run() }
        let (connection, _) = try await peer.welcome()
        try await client.waitUntilConnected()
        run.cancel()
        #expect(try await connection.receiveUntilClosed().isEmpty)
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(client.connection == nil)
    }

    @Test func closesInEveryState() async throws {
        // Before the run.
        let early = MQTTClient(configuration: .testing(Peer().endpoint), logger: .silent)
        await early.close(endingSession: true)
        try await early.run()
        // While it waits for the next attempt.
        let attempts = Counter()
        var configuration = MQTTClientConfiguration.testing(
            .connector {
                attempts.next()
                throw PeerError.noConnection
            }
        )
        configuration.backoff = MQTTBackoff(base: .seconds(3_600), cap: .seconds(3_600))
        configuration.randomness = { .max }
        #expect(
            try await withClient(configuration) { _ in while attempts.value == 0 { await Task.yield() } } == nil
        )
        // While it waits for CONNACK.
        let peer = Peer()
        let end = try await withClient(.testing(peer.endpoint)) { client in
            let connection = try await peer.accept()
            _ = try await connection.receive()
            await client.close(endingSession: true)
            #expect(try await connection.receiveUntilClosed().isEmpty)
        }
        #expect(end == nil)
    }

    @Test func gracefulShutdownSaysGoodBye() async throws {
        let peer = Peer()
        let client = MQTTClient(configuration: .testing(peer.endpoint), logger: .silent)
        let group = ServiceGroup(services: [client], logger: .silent)
        async let running: Void = group.run()
        let (connection, _) = try await peer.welcome()
        try await client.waitUntilConnected()
        await group.triggerGracefulShutdown()
        #expect(try await connection.receive() == .disconnect(Disconnect()))
        try await running
    }

    @Test func withConnectionRunsTheBodyConnectedAndClosesAfterIt() async throws {
        let peer = Peer()
        async let result = MQTTClient.withConnection(
            .testing(peer.endpoint),
            logger: .silent,
            endingSession: true
        ) { client in
            #expect(client.connection != nil)
            return 42
        }
        let (connection, _) = try await peer.welcome()
        let properties = DisconnectProperties(sessionExpiryInterval: 0)
        #expect(try await connection.receive() == .disconnect(Disconnect(properties: properties)))
        #expect(try await result == 42)
    }

    @Test func withConnectionThrowsWhyThereIsNoConnection() async throws {
        let peer = Peer()
        let running = Task {
            try await MQTTClient.withConnection(.testing(peer.endpoint), logger: .silent) { _ in }
        }
        _ = try await peer.welcome(ConnAck(reasonCode: .badUserNameOrPassword))
        await #expect { try await running.value } throws: { error in
            (error as? MQTTClientError)?.code == .connectionRefused
                && (error as? MQTTClientError)?.reasonCode == .badUserNameOrPassword
        }
    }
}
