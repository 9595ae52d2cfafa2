import Logging
import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Testing

@Suite("Connecting", .timeLimit(.minutes(10)))
struct ConnectingTests {
    @Test func saysInConnectWhatItWasTold() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint, "worker-1")
        configuration.sessionExpiry = .seconds(3_600)
        configuration.keepAlive = .milliseconds(1_500)
        configuration.receiveMaximum = 17
        configuration.maximumPacketSize = 5_000
        configuration.username = "u"
        configuration.password = ByteBuffer(string: "p")
        configuration.userProperties = [MQTTUserProperty("martlet", "1")]
        configuration.will = MQTTWill(message: MQTTMessage(topic: "gone", text: "w", retain: true), delay: .seconds(5))
        try await withClient(configuration) { _ in
            let (_, connect) = try await peer.welcome()
            #expect(connect.clientIdentifier == "worker-1")
            #expect(!connect.cleanStart)
            #expect(connect.keepAlive == 2, "rounded up to whole seconds")
            #expect(connect.username == "u")
            #expect(connect.password == ByteBuffer(string: "p"))
            #expect(connect.properties.sessionExpiryInterval == 3_600)
            #expect(connect.properties.receiveMaximum == 17)
            #expect(connect.properties.maximumPacketSize == 5_000)
            #expect(connect.properties.topicAliasMaximum == nil)
            #expect(connect.properties.userProperties == [UserProperty(name: "martlet", value: "1")])
            #expect(connect.will?.topic == "gone")
            #expect(connect.will?.qos == .atLeastOnce)
            #expect(connect.will?.retain == true)
            #expect(connect.will?.properties.willDelayInterval == 5)
        }
    }

    @Test func showsWhatTheServerSaid() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint, "")) { client in
            let properties = ConnAckProperties(
                sessionExpiryInterval: 60,
                receiveMaximum: 7,
                maximumQoS: .atLeastOnce,
                retainAvailable: false,
                maximumPacketSize: 1_000,
                assignedClientIdentifier: "given",
                userProperties: [UserProperty(name: "martlet", value: "1")],
                wildcardSubscriptionAvailable: false,
                subscriptionIdentifiersAvailable: false,
                sharedSubscriptionAvailable: false,
                serverKeepAlive: 9
            )
            _ = try await peer.welcome(ConnAck(sessionPresent: false, properties: properties))
            let information = try await client.waitUntilConnected()
            #expect(information.clientIdentifier == "given")
            #expect(information.sessionExpiry == .seconds(60))
            #expect(information.keepAlive == .seconds(9))
            #expect(information.receiveMaximum == 7)
            #expect(information.maximumQoS == .atLeastOnce)
            #expect(information.maximumPacketSize == 1_000)
            #expect(!information.retainAvailable)
            #expect(!information.wildcardSubscriptionsAvailable)
            #expect(!information.subscriptionIdentifiersAvailable)
            #expect(!information.sharedSubscriptionsAvailable)
            #expect(information.userProperties == [MQTTUserProperty("martlet", "1")])
            #expect(client.connection == information)
        }
    }

    @Test func comesBackWithTheIdentifierThatTheServerGave() async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint, "")
        configuration.cleanStart = true
        try await withClient(configuration) { _ in
            let assigned = ConnAckProperties(assignedClientIdentifier: "given")
            let (first, connect) = try await peer.welcome(ConnAck(properties: assigned))
            #expect(connect.clientIdentifier == "")
            #expect(connect.cleanStart)
            await first.close()
            let (_, again) = try await peer.welcome(ConnAck(sessionPresent: true))
            #expect(again.clientIdentifier == "given")
            #expect(!again.cleanStart, "only the first connection may throw a session away")
        }
    }

    @Test(
        arguments: [
            0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 0x90, 0x95, 0x99, 0x9A, 0x9B, 0x9C, 0x9D,
        ] as [UInt8]
    )
    func aFatalRefusalEndsTheRun(code: UInt8) async throws {
        let peer = Peer()
        let end = try await withClient(.testing(peer.endpoint)) { client in
            let properties = ConnAckProperties(reasonString: "because", serverReference: "elsewhere")
            _ = try await peer.welcome(ConnAck(reasonCode: ReasonCode(rawValue: code), properties: properties))
            for await _ in client.deliveries {}
        }
        let error = try #require(end as? MQTTClientError)
        #expect(error.code == .connectionRefused)
        #expect(error.reasonCode == MQTTReasonCode(rawValue: code))
        #expect(error.message.contains("because"))
        #expect(error.message.contains("elsewhere"))
    }

    @Test(arguments: [0x80, 0x88, 0x89, 0x97, 0x9F] as [UInt8])
    func anyOtherRefusalIsTriedAgain(code: UInt8) async throws {
        let peer = Peer()
        let end = try await withClient(.testing(peer.endpoint)) { client in
            _ = try await peer.welcome(ConnAck(reasonCode: ReasonCode(rawValue: code)))
            _ = try await peer.welcome()
            try await client.waitUntilConnected()
        }
        #expect(end == nil)
    }

    @Test func theFirstConnectionIsNotTriedAgainIfToldSo() async throws {
        var configuration = MQTTClientConfiguration.testing(.connector { throw PeerError.noConnection })
        configuration.retriesFirstConnection = false
        let end = try await withClient(configuration) { client in
            await #expect { try await client.waitUntilConnected() } throws: { error in
                (error as? MQTTClientError)?.code == .connectionFailed
            }
        }
        let error = try #require(end as? MQTTClientError)
        #expect(error.code == .connectionFailed)
        #expect(error.cause is PeerError)
    }

    @Test func aServerThatClosesInTheMiddleOfTheHandshakeIsTriedAgain() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let silent = try await peer.accept()
            await silent.close()
            let half = try await peer.accept()
            _ = try await half.receive()
            try await half.send(bytes: [0x20, 0x03, 0x00])
            await half.close()
            _ = try await peer.welcome()
            try await client.waitUntilConnected()
        }
    }

    @Test(
        arguments: [
            [0x00, 0x00], [0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x20, 0x03, 0x00, 0x00, 0x05], [0xD0, 0x00],
            [0x30, 0x03, 0x00, 0x01, 0x61],
        ] as [[UInt8]]
    )
    func aFirstPacketThatIsNoGoodConnackIsTriedAgain(bytes: [UInt8]) async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let connection = try await peer.accept()
            _ = try await connection.receive()
            try await connection.send(bytes: bytes)
            #expect(try await connection.receiveUntilClosed().isEmpty)
            _ = try await peer.welcome()
            try await client.waitUntilConnected()
        }
    }

    @Test func aServerThatDoesNotAnswerIsGivenUpAfterTheConnectTimeout() async throws {
        let peer = Peer()
        let clock = ManualClock()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.clock = clock
        configuration.backoff = MQTTBackoff(base: .zero, cap: .seconds(1))
        try await withClient(configuration) { client in
            let connection = try await peer.accept()
            _ = try await connection.receive()
            await clock.pass(.seconds(10))
            #expect(try await connection.receiveUntilClosed().isEmpty)
            _ = try await peer.welcome()
            try await client.waitUntilConnected()
        }
    }

    @Test func aConnectorThatNeverReturnsIsGivenUpAfterTheConnectTimeout() async throws {
        let clock = ManualClock()
        let peer = Peer()
        let attempts = Counter()
        let good = peer.connector
        var configuration = MQTTClientConfiguration.testing(
            .connector {
                if attempts.next() == 1 { try await ContinuousClock().sleep(for: .seconds(3_600)) }
                return try await good()
            }
        )
        configuration.clock = clock
        configuration.backoff = MQTTBackoff(base: .zero, cap: .seconds(1))
        try await withClient(configuration) { client in
            await clock.pass(.seconds(10))
            _ = try await peer.welcome()
            try await client.waitUntilConnected()
        }
        #expect(attempts.value == 2)
    }

    @Test func waitsLongerAndLongerWithFullJitter() async throws {
        let clock = ManualClock()
        let attempts = Counter()
        var configuration = MQTTClientConfiguration.testing(
            .connector {
                attempts.next()
                throw PeerError.noConnection
            }
        )
        configuration.clock = clock
        configuration.backoff = MQTTBackoff(base: .seconds(1), cap: .seconds(4))
        configuration.randomness = { .max }
        try await withClient(configuration) { _ in
            for (attempt, delay) in [1, 2, 4, 4].enumerated() {
                // The connect timeout of ten seconds sleeps too; only the wait for the next attempt is this short.
                await clock.waitForSleeper(within: .seconds(delay))
                #expect(attempts.value == attempt + 1)
                clock.advance(by: .seconds(delay))
            }
        }
    }

    @Test func aConfigurationThatContradictsTheProtocolIsRefused() async throws {
        var configuration = MQTTClientConfiguration.testing(Peer().endpoint)
        configuration.receiveMaximum = 0
        configuration.keepAlive = .seconds(70_000)
        configuration.will = MQTTWill(message: MQTTMessage(topic: "a/#", text: ""))
        let end = try await withClient(configuration) { client in
            for await _ in client.deliveries {}
        }
        let error = try #require(end as? MQTTClientError)
        #expect(error.code == .invalidConfiguration)
        for word in ["receiveMaximum", "keepAlive", "will"] { #expect(error.message.contains(word)) }
    }

    @Test func runsOnce() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            _ = try await peer.welcome()
            try await client.waitUntilConnected()
            await #expect { try await client.run() } throws: { ($0 as? MQTTClientError)?.code == .alreadyRunning }
        }
    }
}
