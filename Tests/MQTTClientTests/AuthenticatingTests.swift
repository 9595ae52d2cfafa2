import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Synchronization
import Testing

/// Enhanced authentication as the client does it (MQTT 5.0 §4.12).
@Suite("Authenticating", .timeLimit(.minutes(10)))
struct AuthenticatingTests {
    private struct Refusal: Error {}

    /// A method that says back what it hears, and notes it; a challenge `no` is given up.
    private func configuration(_ peer: Peer, _ steps: StepLog) -> MQTTClientConfiguration {
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        // However slow the machine is.
        configuration.connectTimeout = .seconds(300)
        configuration.authentication = MQTTAuthentication(method: "ECHO") { step in
            steps.add(step)
            switch step {
            case .begin: return Array("begin".utf8)
            case .challenge(let challenge):
                if challenge == Array("no".utf8) { throw Refusal() }
                return challenge
            case .accepted(let last):
                if last == Array("no".utf8) { throw Refusal() }
                return nil
            }
        }
        return configuration
    }

    private final class StepLog: Sendable {
        private let steps = Mutex<[MQTTAuthentication.Step]>([])
        func add(_ step: MQTTAuthentication.Step) { self.steps.withLock { $0.append(step) } }
        var all: [MQTTAuthentication.Step] { self.steps.withLock { $0 } }
    }

    private func auth(_ reason: ReasonCode, _ data: String, method: String = "ECHO") -> Packet {
        let properties = AuthProperties(authenticationMethod: method, authenticationData: ByteBuffer(string: data))
        return .auth(Auth(reasonCode: reason, properties: properties))
    }

    private func connack(_ data: String? = nil, method: String? = "ECHO") -> Packet {
        var properties = ConnAckProperties(authenticationMethod: method)
        properties.authenticationData = data.map { ByteBuffer(string: $0) }
        return .connack(ConnAck(properties: properties))
    }

    private func begin(_ peer: Peer) async throws -> PeerConnection {
        let connection = try await peer.accept()
        guard case .connect(let connect) = try await connection.receive() else { throw PeerError.unexpected }
        #expect(connect.properties.authenticationMethod == "ECHO")
        #expect(connect.properties.authenticationData == ByteBuffer(string: "begin"))
        return connection
    }

    @Test func answersChallengesUntilConnAck() async throws {
        let peer = Peer()
        let steps = StepLog()
        try await withClient(self.configuration(peer, steps)) { client in
            let connection = try await self.begin(peer)
            for challenge in ["1", "2"] {
                try await connection.send(self.auth(.continueAuthentication, challenge))
                #expect(try await connection.receive() == self.auth(.continueAuthentication, challenge))
            }
            try await connection.send(self.connack("last"))
            _ = try await client.waitUntilConnected()
            #expect(
                steps.all == [.begin, .challenge([0x31]), .challenge([0x32]), .accepted(Array("last".utf8))]
            )
        }
    }

    @Test func provesAgainOnALiveConnection() async throws {
        let peer = Peer()
        let steps = StepLog()
        try await withClient(self.configuration(peer, steps)) { client in
            let connection = try await self.begin(peer)
            try await connection.send(self.connack())
            _ = try await client.waitUntilConnected()
            client.reauthenticate()
            #expect(try await connection.receive() == self.auth(.reauthenticate, "begin"))
            try await connection.send(self.auth(.continueAuthentication, "1"))
            #expect(try await connection.receive() == self.auth(.continueAuthentication, "1"))
            // The message behind it shows that it was read.
            try await connection.send(self.auth(.success, "last"), .publish(Publish(topic: "read")))
            for await delivery in client.deliveries.prefix(1) { #expect(delivery.message.topic == "read") }
            try await client.publish(MQTTMessage(topic: "t", text: "1", qos: .atMostOnce))
            #expect(try await connection.receivePublish().topic == "t")
            client.reauthenticate()
            #expect(try await connection.receive() == self.auth(.reauthenticate, "begin"), "and again")
        }
    }

    @Test(arguments: [true, false]) func givesUpWhenTheApplicationThrows(atTheEnd: Bool) async throws {
        let peer = Peer()
        let error = try await withClient(self.configuration(peer, StepLog()), closing: false) { _ in
            let connection = try await self.begin(peer)
            try await connection.send(atTheEnd ? self.connack("no") : self.auth(.continueAuthentication, "no"))
            _ = try await connection.receiveUntilClosed()
        }
        #expect((error as? MQTTClientError)?.code == .authenticationFailed)
    }

    /// What a server may not say: AUTH of another method, AUTH 0x00 before CONNACK, CONNACK without the method, AUTH out of nothing.
    @Test(arguments: 0..<4) func aServerThatBreaksTheRulesIsLeft(_ fault: Int) async throws {
        let peer = Peer()
        try await withClient(self.configuration(peer, StepLog())) { _ in
            let connection = try await self.begin(peer)
            switch fault {
            case 0: try await connection.send(self.auth(.continueAuthentication, "1", method: "OTHER"))
            case 1: try await connection.send(self.auth(.success, "1"))
            case 2: try await connection.send(self.connack(method: nil))
            default:
                try await connection.send(self.connack())
                try await connection.send(self.auth(.continueAuthentication, "1"))
            }
            let said = try await connection.receiveUntilClosed()
            #expect(said == [.disconnect(Disconnect(reasonCode: .protocolError))])
        }
    }

    @Test func withoutAMethodAuthIsAViolation() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, connect) = try await peer.welcome()
            #expect(connect.properties.authenticationMethod == nil)
            client.reauthenticate()
            try await connection.send(self.auth(.continueAuthentication, "1"))
            let said = try await connection.receiveUntilClosed()
            #expect(said == [.disconnect(Disconnect(reasonCode: .protocolError))], "MQTT-4.12.0-7: no AUTH of its own")
        }
    }
}
