import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

@Suite("Keeping alive", .timeLimit(.minutes(10)))
struct KeepingAliveTests {
    private static func configuration(_ peer: Peer, _ clock: ManualClock) -> MQTTClientConfiguration {
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.clock = clock
        configuration.keepAlive = .seconds(40)
        configuration.pingTimeout = .seconds(5)
        configuration.backoff = MQTTBackoff(base: .zero, cap: .seconds(1))
        return configuration
    }

    @Test func pingsAfterASilence() async throws {
        let peer = Peer()
        let clock = ManualClock()
        try await withClient(Self.configuration(peer, clock)) { client in
            let (connection, _) = try await peer.welcome()
            try await client.waitUntilConnected()
            // The timer of the connect timeout goes off first, and finds nothing to do but to set the next one.
            await clock.pass(.seconds(10))
            await clock.pass(.seconds(20))
            #expect(try await connection.receive() == .pingreq)
            try await connection.send(.pingresp)
        }
    }

    @Test func usesTheServersInterval() async throws {
        let peer = Peer()
        let clock = ManualClock()
        try await withClient(Self.configuration(peer, clock)) { client in
            let (connection, _) = try await peer.welcome(ConnAck(properties: ConnAckProperties(serverKeepAlive: 8)))
            #expect(try await client.waitUntilConnected().keepAlive == .seconds(8))
            await clock.waitForSleeper(within: .seconds(6))
            clock.advance(by: .seconds(6))
            #expect(try await connection.receive() == .pingreq)
        }
    }

    @Test func givesUpASilentServerAndComesBack() async throws {
        let peer = Peer()
        let clock = ManualClock()
        try await withClient(Self.configuration(peer, clock)) { client in
            let (connection, _) = try await peer.welcome(ConnAck(properties: ConnAckProperties(serverKeepAlive: 8)))
            try await client.waitUntilConnected()
            await clock.waitForSleeper(within: .seconds(6))
            clock.advance(by: .seconds(6))
            #expect(try await connection.receive() == .pingreq)
            await clock.waitForSleeper(within: .seconds(5))
            clock.advance(by: .seconds(5))
            #expect(try await connection.receiveUntilClosed().isEmpty)
            _ = try await peer.welcome(ConnAck(sessionPresent: true))
            try await client.waitUntilConnected()
        }
    }
}
