import Crypto
import Foundation
import MQTTClient
import MartletBroker
import NIOCore
import Testing

/// Who is let in by a running broker, what it may do, and what is written of the others.
@Suite(.timeLimit(.minutes(10)))
struct BrokerAuthenticationTests {
    @Test func passwordsDecideWhoComesIn() async throws {
        try await AuthenticatedBroker.with { _, _ in
        } _: { broker in
            #expect(await broker.refusal("a", "alice", "pw-alice") == nil)
            #expect(await broker.refusal("b", "bob", "pw-bob") == nil)
            for (name, password) in [("alice", "pw-bob"), ("carol", "pw-carol"), ("alice", ""), ("Alice", "pw-alice")] {
                #expect(await broker.refusal("x", name, password) == .badUserNameOrPassword, "\(name)")
            }
            #expect(await broker.refusal("x", nil, nil) == .notAuthorized)
            let refused = broker.log.all.filter { $0.hasPrefix("Refused ") }
            #expect(refused.count == 5)
            #expect(refused.contains { $0.contains("client=x") && $0.contains("user=alice") && $0.contains("reason=") })
            #expect(refused.allSatisfy { $0.contains("address=127.0.0.1") })
            #expect(!broker.log.all.contains { $0.contains("pw-") })
        }
    }

    @Test func whatComesBehindConnectWaitsForTheOutcome() async throws {
        try await AuthenticatedBroker.with { _, _ in
        } _: { broker in
            let raw = try await RawConnection(port: broker.port)
            let connect = RawPacket.connect("raw", "alice", "pw-alice")
            // SUBSCRIBE to `t`, and PINGREQ, in the same segment as CONNECT.
            try await raw.send(connect + [0x82, 7, 0, 1, 0, 0, 1, 0x74, 0] + [0xC0, 0])
            let answers = await raw.read(12)
            #expect(answers.first == 0x20)
            #expect(answers.suffix(8).starts(with: [0x90, 4, 0, 1, 0, 0]))
            #expect(answers.suffix(2) == [0xD0, 0])
            await raw.close()
            let refused = try await RawConnection(port: broker.port)
            try await refused.send(RawPacket.connect("raw2", "alice", "wrong") + [0x82, 7, 0, 1, 0, 0, 1, 0x74, 0])
            let refusal = await refused.readToEnd()
            #expect(refusal.first == 0x20 && refusal.count > 3 && refusal[3] == 0x86)
            #expect(refusal.count == 2 + Int(refusal[1]))
        }
    }

    @Test func rulesDecideWhatClientsMayDo() async throws {
        try await AuthenticatedBroker.with { configuration, _ in
            var staff = BrokerAccessRule()
            staff.groups = ["staff"]
            staff.connect = true
            staff.publish = ["news/{user}/#"]
            staff.subscribe = ["news/#"]
            configuration.access = [staff]
        } _: { broker in
            #expect(await broker.refusal("b", "bob", "pw-bob") == .notAuthorized)
            try await MQTTClient.withConnection(broker.client("a", "alice", "pw-alice"), logger: quietLogger) {
                client in
                _ = try await client.publish(MQTTMessage(topic: "news/alice/1", text: "x", qos: .atLeastOnce))
                let error = await #expect(throws: MQTTClientError.self) {
                    _ = try await client.publish(MQTTMessage(topic: "news/bob/1", text: "x", qos: .atLeastOnce))
                }
                #expect(error?.reasonCode == .notAuthorized)
            }
        }
    }

    @Test func aReloadIsWholeOrNothing() async throws {
        try await AuthenticatedBroker.with { configuration, _ in
            var all = BrokerAccessRule()
            all.connect = true
            configuration.access = [all]
        } _: { broker in
            #expect(await broker.refusal("b", "bob", "pw-bob") == nil)
            var next = broker.broker.configuration
            var wrong = BrokerAccessRule()
            wrong.name = "typo"
            wrong.publish = ["a/#/b"]
            next.access = [wrong]
            let error = await #expect(throws: BrokerError.self) { try await broker.broker.reload(next) }
            #expect(error?.message.contains("rule 1 ('typo'), publish: ") == true)
            // A good list of rules beside a bad file of passwords is not taken either.
            var nobody = BrokerAccessRule()
            nobody.users = ["alice"]
            nobody.connect = true
            next.access = [nobody]
            try Data("bob:broken".utf8).write(to: URL(fileURLWithPath: broker.folder + "/broken"))
            next.authentication = BrokerAuthenticationConfiguration(
                providers: [.passwordFile(BrokerPasswordFile(path: broker.folder + "/broken"))]
            )
            let broken = await #expect(throws: BrokerError.self) { try await broker.broker.reload(next) }
            #expect(broken?.message.contains("broken, line 1") == true)
            #expect(await broker.refusal("b", "bob", "pw-bob") == nil)
            // Who is connected, and no longer let in by the rules, is sent away.
            let raw = try await RawConnection(port: broker.port)
            try await raw.send(RawPacket.connect("raw", "bob", "pw-bob"))
            #expect(await raw.read(3).first == 0x20)
            next.authentication = broker.broker.configuration.authentication
            try await broker.broker.reload(next)
            let end = await raw.readToEnd()
            #expect(end.first == 0xE0 && end.count > 2 && end[2] == 0x87)
            #expect(await broker.refusal("b", "bob", "pw-bob") == .notAuthorized)
            #expect(await broker.refusal("a", "alice", "pw-alice") == nil)
            // A changed file counts once it was read again.
            try AuthenticatedBroker.writeUsers(["carol": []], to: broker.folder + "/users")
            #expect(await broker.refusal("c", "carol", "pw-carol") == .badUserNameOrPassword)
            next.access = nil
            try await broker.broker.reload(next)
            #expect(await broker.refusal("c", "carol", "pw-carol") == nil)
        }
    }

    @Test func aConnectionEndsWithItsToken() async throws {
        let clock = AuthenticatedBroker.MovedClock(1_800_000_000_000)
        let secret = String(repeating: "k", count: 32)
        try await AuthenticatedBroker.with(clock: clock) { configuration, folder in
            try Data(secret.utf8).write(to: URL(fileURLWithPath: folder + "/secret"))
            var verification = BrokerTokenVerification(keys: [.init(.secret, path: folder + "/secret")])
            verification.leeway = .zero
            configuration.authentication = BrokerAuthenticationConfiguration(providers: [.token(verification)])
        } _: { broker in
            func token(_ expiry: Int) -> String {
                func base64URL(_ data: some Sequence<UInt8>) -> String {
                    Data(data).base64EncodedString().replacingOccurrences(of: "=", with: "")
                        .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                }
                let signed =
                    base64URL(#"{"alg":"HS256"}"#.utf8) + "." + base64URL(#"{"sub":"t","exp":\#(expiry)}"#.utf8)
                let key = SymmetricKey(data: Data(secret.utf8))
                return signed + "." + base64URL(HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key))
            }
            #expect(await broker.refusal("x", "t", token(1_799_999_999)) == .badUserNameOrPassword)
            let raw = try await RawConnection(port: broker.port)
            try await raw.send(RawPacket.connect("raw", "t", token(1_800_000_060)))
            #expect(await raw.read(3).first == 0x20)
            clock.move(to: 1_800_000_059_999)
            try await broker.broker.tick()
            try await raw.send([0xC0, 0])
            #expect(await raw.read(2) == [0xD0, 0])
            clock.move(to: 1_800_000_060_000)
            try await broker.broker.tick()
            let end = await raw.readToEnd()
            #expect(end.first == 0xE0 && end.count > 2 && end[2] == 0x87)
            #expect(broker.log.all.contains { $0.hasPrefix("Refused ") && $0.contains("expired") })
        }
    }

    private static let hasMosquitto = FileManager.default.isExecutableFile(atPath: "/usr/bin/mosquitto_pub")

    @Test(.enabled(if: hasMosquitto))
    func mosquittosClientLogsIn() async throws {
        try await AuthenticatedBroker.with { _, _ in
        } _: { broker in
            func publish(_ more: [String]) throws -> Int32 {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/mosquitto_pub")
                process.arguments = ["-p", "\(broker.port)", "-t", "a", "-m", "x", "-q", "1"] + more
                process.standardError = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
                return process.terminationStatus
            }
            for version in ["mqttv5", "mqttv311"] {
                let right = try publish(["-V", version, "-u", "alice", "-P", "pw-alice"])
                #expect(right == 0)
                let wrong = try publish(["-V", version, "-u", "alice", "-P", "pw-bob"])
                #expect(wrong != 0)
                let nobody = try publish(["-V", version])
                #expect(nobody != 0)
            }
        }
    }
}
