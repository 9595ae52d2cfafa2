import MQTTClient
import MQTTPackets
import ScriptedPeer
import Testing

@Suite("Subscribing", .timeLimit(.minutes(10)))
struct SubscribingTests {
    @Test func asksForWhatItWasToldAndGivesTheAnswers() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let codes = client.subscribe(
                [
                    MQTTSubscription("$share/g/a/#"),
                    MQTTSubscription("b", qos: .atMostOnce, noLocal: true, retainHandling: .sendIfNew),
                    MQTTSubscription("c", retainAsPublished: true, retainHandling: .doNotSend),
                ],
                userProperties: [MQTTUserProperty("martlet-deadline", "30")]
            )
            guard case .subscribe(let subscribe) = try await connection.receive() else {
                Issue.record("no SUBSCRIBE")
                return
            }
            let expected = [
                SubscribeFilter(filter: "$share/g/a/#", qos: .atLeastOnce),
                SubscribeFilter(filter: "b", qos: .atMostOnce, noLocal: true, retainHandling: .sendIfNew),
                SubscribeFilter(filter: "c", qos: .atLeastOnce, retainAsPublished: true, retainHandling: .sendNever),
            ]
            #expect(subscribe.filters == expected)
            #expect(subscribe.properties.userProperties == [UserProperty(name: "martlet-deadline", value: "30")])
            try await connection.send(
                .suback(
                    SubAck(
                        packetIdentifier: subscribe.packetIdentifier,
                        reasonCodes: [.grantedQoS1, .notAuthorized, .grantedQoS0]
                    )
                )
            )
            #expect(try await codes == [.grantedQoS1, .notAuthorized, .grantedQoS0])
        }
    }

    @Test func sendsOnePacketForEachIdentifier() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let codes = client.subscribe([
                MQTTSubscription("a", identifier: 1), MQTTSubscription("b", qos: .atMostOnce, identifier: 2),
                MQTTSubscription("c", identifier: 1),
            ])
            let first = try await connection.grant()
            #expect(first.properties.subscriptionIdentifier == 1)
            #expect(first.filters.map(\.filter) == ["a", "c"])
            let second = try await connection.grant()
            #expect(second.properties.subscriptionIdentifier == 2)
            #expect(second.filters.map(\.filter) == ["b"])
            #expect(try await codes == [.grantedQoS1, .grantedQoS0, .grantedQoS1])
        }
    }

    @Test func asksForSharedSubscriptionsAgainWhenTheSessionIsResumed() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (first, _) = try await peer.welcome()
            async let codes = client.subscribe([MQTTSubscription("a"), MQTTSubscription("$share/g/b", identifier: 7)])
            try await first.grant()
            try await first.grant()
            _ = try await codes
            await first.close()
            let (second, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            let again = try await second.grant()
            #expect(again.filters.map(\.filter) == ["$share/g/b"])
            #expect(again.properties.subscriptionIdentifier == 7)
            // Nothing else is asked before what comes next.
            async let ended = client.unsubscribe(["a"])
            guard case .unsubscribe(let unsubscribe) = try await second.receive() else {
                Issue.record("no UNSUBSCRIBE")
                return
            }
            try await second.send(
                .unsuback(UnsubAck(packetIdentifier: unsubscribe.packetIdentifier, reasonCodes: [.success]))
            )
            #expect(try await ended == [.success])
        }
    }

    @Test func endsSubscriptions() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let codes = client.unsubscribe(["a", "b"])
            guard case .unsubscribe(let unsubscribe) = try await connection.receive() else {
                Issue.record("no UNSUBSCRIBE")
                return
            }
            #expect(unsubscribe.filters == ["a", "b"])
            try await connection.send(
                .unsuback(
                    UnsubAck(
                        packetIdentifier: unsubscribe.packetIdentifier,
                        reasonCodes: [.success, .noSubscriptionExisted]
                    )
                )
            )
            #expect(try await codes == [.success, .noSubscriptionExisted])
        }
    }

    @Test(arguments: [
        MQTTSubscription(""), MQTTSubscription("a/#/b"), MQTTSubscription("a+"), MQTTSubscription("$share/g"),
        MQTTSubscription("a\u{0}"), MQTTSubscription("$share/g/a", noLocal: true), MQTTSubscription("a", identifier: 0),
        MQTTSubscription("a", identifier: 268_435_456),
    ])
    func whatCannotBeAskedForIsRefusedAtOnce(subscription: MQTTSubscription) async throws {
        try await withClient(.testing(Peer().endpoint)) { client in
            await #expect { try await client.subscribe([subscription]) } throws: { error in
                (error as? MQTTClientError)?.code == .invalidArgument
            }
        }
    }

    @Test func whatTheServerDoesNotHaveIsNotAskedFor() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let properties = ConnAckProperties(
                maximumPacketSize: 100,
                wildcardSubscriptionAvailable: false,
                subscriptionIdentifiersAvailable: false,
                sharedSubscriptionAvailable: false
            )
            _ = try await peer.welcome(ConnAck(properties: properties))
            let expected: [(MQTTSubscription, MQTTReasonCode)] = [
                (MQTTSubscription("$share/g/a"), .sharedSubscriptionsNotSupported),
                (MQTTSubscription("a/#"), .wildcardSubscriptionsNotSupported),
                (MQTTSubscription("a", identifier: 1), .subscriptionIdentifiersNotSupported),
                (MQTTSubscription(String(repeating: "x", count: 100)), .packetTooLarge),
            ]
            for (subscription, code) in expected {
                await #expect { try await client.subscribe([subscription]) } throws: { error in
                    (error as? MQTTClientError)?.reasonCode == code
                }
            }
        }
    }

    @Test func thereIsALimitToSubscriptions() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.maximumSubscriptions = 1
        try await withClient(configuration) { client in
            let (connection, _) = try await peer.welcome()
            async let codes = client.subscribe([MQTTSubscription("a")])
            try await connection.grant()
            _ = try await codes
            await #expect { try await client.subscribe([MQTTSubscription("b")]) } throws: { error in
                (error as? MQTTClientError)?.code == .queueFull
            }
        }
    }

    @Test func asksAgainAfterAReconnectForWhatWasNotAnswered() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (first, _) = try await peer.welcome()
            async let codes = client.subscribe([MQTTSubscription("a")])
            _ = try await first.receive()
            await first.close()
            let (second, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            #expect(try await second.grant().filters.map(\.filter) == ["a"])
            #expect(try await codes == [.grantedQoS1])
        }
    }

    @Test func aCancelledSubscribeIsClean() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let cancelled = Task { try await client.subscribe([MQTTSubscription("a")]) }
            guard case .subscribe(let subscribe) = try await connection.receive() else { return }
            cancelled.cancel()
            await #expect { try await cancelled.value } throws: { ($0 as? MQTTClientError)?.code == .cancelled }
            let identifier = subscribe.packetIdentifier
            try await connection.send(.suback(SubAck(packetIdentifier: identifier, reasonCodes: [.grantedQoS1])))
            async let codes = client.subscribe([MQTTSubscription("b")])
            try await connection.grant()
            #expect(try await codes == [.grantedQoS1])
        }
    }

    @Test func timesOutByTheClockAlsoWithoutAConnection() async throws {
        let clock = ManualClock()
        var configuration = MQTTClientConfiguration.testing(.connector { throw PeerError.noConnection })
        configuration.clock = clock
        configuration.backoff = MQTTBackoff(base: .seconds(1_000), cap: .seconds(1_000))
        configuration.randomness = { .max }
        configuration.requestTimeout = .seconds(30)
        try await withClient(configuration) { client in
            let late = Task { try await client.subscribe([MQTTSubscription("a")]) }
            await clock.pass(.seconds(30))
            await #expect { try await late.value } throws: { ($0 as? MQTTClientError)?.code == .timedOut }
        }
    }

    @Test(arguments: [0, 2])
    func anAnswerWithTheWrongNumberOfCodesBreaksTheProtocol(count: Int) async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            async let codes = client.subscribe([MQTTSubscription("a")])
            guard case .subscribe(let subscribe) = try await connection.receive() else { return }
            let wrong = SubAck(
                packetIdentifier: subscribe.packetIdentifier,
                reasonCodes: Array(repeating: .grantedQoS0, count: count)
            )
            try await connection.send(.suback(wrong))
            guard case .disconnect(let disconnect) = try await connection.receive() else {
                Issue.record("no DISCONNECT")
                return
            }
            #expect(disconnect.reasonCode == .protocolError || disconnect.reasonCode == .malformedPacket)
            let (second, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            try await second.grant()
            #expect(try await codes == [.grantedQoS1])
        }
    }
}
