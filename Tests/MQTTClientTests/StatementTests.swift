import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

/// Statements that bind a client and that the other tests do not show on their way (`docs/conformance.md`).
@Suite("Statements that bind a client", .timeLimit(.minutes(10)))
struct StatementTests {
    @Test func aSessionAfterACleanStartEndsTheConnection() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.cleanStart = true
        try await withClient(configuration) { client in
            let (first, _) = try await peer.welcome(ConnAck(sessionPresent: true))
            #expect(try await first.receiveUntilClosed().isEmpty, "MQTT-3.2.2-4")
            let (_, again) = try await peer.welcome(ConnAck(sessionPresent: false))
            #expect(again.cleanStart, "there is still no session to come back to")
            try await client.waitUntilConnected()
        }
    }

    @Test func atTheReceiveMaximumEverythingElseIsSent() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome(ConnAck(properties: ConnAckProperties(receiveMaximum: 1)))
            async let first = client.publish(MQTTMessage(topic: "t", text: "1"))
            let held = try await connection.receivePublish().packetIdentifier ?? 0
            async let second = client.publish(MQTTMessage(topic: "t", text: "2"))
            // Neither waits for the PUBACK that does not come: MQTT-3.3.4-8.
            async let granted = client.subscribe([MQTTSubscription("a")])
            try await connection.grant()
            _ = try await granted
            async let ended = client.unsubscribe(["a"])
            guard case .unsubscribe(let unsubscribe) = try await connection.receive() else {
                Issue.record("no UNSUBSCRIBE")
                return
            }
            let answer = UnsubAck(packetIdentifier: unsubscribe.packetIdentifier, reasonCodes: [.success])
            try await connection.send(.unsuback(answer))
            _ = try await ended
            try await connection.send(.puback(PubAck(packetIdentifier: held)))
            let next = try await connection.receivePublish().packetIdentifier ?? 0
            try await connection.send(.puback(PubAck(packetIdentifier: next)))
            _ = try await (first, second)
        }
    }
}
