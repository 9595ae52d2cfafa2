import BrokerAuthentication
import BrokerEngine
import Foundation
import Logging
import MQTTClient
import NIOCore
import Synchronization

@testable import MartletBroker

/// A broker on a free port with a password file of its own, stopped and taken away after the test.
struct AuthenticatedBroker: Sendable {
    /// A clock that the test moves.
    final class MovedClock: BrokerClock {
        private let milliseconds: Atomic<Int64>

        init(_ milliseconds: Int64) { self.milliseconds = Atomic(milliseconds) }

        var now: EngineTime { EngineTime(milliseconds: milliseconds.load(ordering: .relaxed)) }

        func move(to time: Int64) { milliseconds.store(time, ordering: .relaxed) }
    }

    let broker: Broker
    let port: Int
    let folder: String
    let log: KeptLog

    /// Runs a closure with the broker.
    ///
    /// - Parameters:
    ///   - clock: Its time.
    ///   - change: Sets it up; gets the folder, in which `users` has `alice` (in `staff`) and `bob`, whose passwords are `pw-NAME`.
    ///   - body: What to do with it.
    /// - Throws: What a closure throws, or why the broker could not start.
    static func with(
        clock: any BrokerClock = SystemBrokerClock(),
        _ change: (inout BrokerConfiguration, String) throws -> Void,
        _ body: @Sendable (AuthenticatedBroker) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "martlet-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeUsers(["alice": ["staff"], "bob": []], to: folder + "/users")
        var configuration = BrokerConfiguration()
        configuration.port = 0
        configuration.authentication = BrokerAuthenticationConfiguration(
            providers: [.passwordFile(BrokerPasswordFile(path: folder + "/users"))]
        )
        try change(&configuration, folder)
        let log = KeptLog()
        let broker = Broker(configuration: configuration, logger: log.logger, clock: clock, journal: { nil })
        let running = Task { try await broker.run() }
        do {
            let port = try await broker.waitUntilListening()
            try await body(AuthenticatedBroker(broker: broker, port: port, folder: folder, log: log))
        } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
        running.cancel()
        _ = await running.result
    }

    static func writeUsers(_ users: [String: [String]], to path: String) throws {
        let function = PasswordHash.Function.scrypt(logCost: 10, blockSize: 1, parallelism: 1)
        for (name, groups) in users {
            let hash = try PasswordHash(password: Array("pw-\(name)".utf8), function: function)
            let entry = try PasswordEntry(name: name, hash: hash, groups: groups)
            _ = try PasswordFile.change(path) { file throws(AuthenticationError) in file.set(entry) }
        }
    }

    /// A client that does not try again where it is refused.
    func client(_ identifier: String, _ userName: String?, _ password: String?) -> MQTTClientConfiguration {
        var configuration = MQTTClientConfiguration(
            endpoint: .tcp(host: "127.0.0.1", port: port),
            clientIdentifier: identifier
        )
        configuration.username = userName
        configuration.password = password.map { .init(string: $0) }
        configuration.retriesFirstConnection = false
        return configuration
    }

    /// The reason for which a client was refused; nil where it was let in.
    func refusal(_ identifier: String, _ userName: String?, _ password: String?) async -> MQTTReasonCode? {
        do {
            try await MQTTClient.withConnection(client(identifier, userName, password), logger: quietLogger) { client in
                _ = try await client.waitUntilConnected()
            }
            return nil
        } catch {
            return (error as? MQTTClientError)?.reasonCode
        }
    }
}
