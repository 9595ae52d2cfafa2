import CrashPoints
import Foundation
import MQTTClient
import Synchronization

@testable import MartletCommand

/// A folder and a port on which a broker and replicas of the sample's worker run as processes of the command `martlet`.
final class Site: Sendable {
    /// The command that was built beside the tests.
    static let binary = URL(filePath: ChildProcess.binary).deletingLastPathComponent().appending(path: "martlet").path

    let folder: String
    let port: Int
    private let broker = Mutex<Running?>(nil)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-site-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        port = try FreePort.find()
    }

    /// Runs a closure on a site that is taken away behind it.
    static func with<Result: Sendable>(_ body: (Site) async throws -> Result) async throws -> Result {
        let site = try Site()
        do {
            let result = try await body(site)
            await site.end()
            return result
        } catch {
            await site.end()
            throw error
        }
    }

    private func end() async {
        await killBroker()
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Broker

    /// Starts the broker.
    ///
    /// - Parameters:
    ///   - arming: Where it dies.
    ///   - onDeath: Called when it has died there, before anybody hears of it.
    /// - Returns: The process.
    /// - Throws: `CommandFailure` when it cannot be started.
    @discardableResult
    func startBroker(
        _ arming: CrashPointArming? = nil,
        onDeath: @escaping @Sendable () -> Void = {}
    ) throws -> Running {
        let running = try start(
            "broker",
            ["broker", "--bind", "127.0.0.1", "--port", "\(port)", "--data", "\(folder)/data", "--until-input-ends"],
            arming: arming,
            onDeath: onDeath
        )
        broker.withLock { $0 = running }
        return running
    }

    /// Kills the broker with -9.
    func killBroker() async {
        let running = broker.withLock { $0.take() }
        await running?.kill()
    }

    // MARK: Replicas

    /// Starts a replica of the sample's worker.
    func startReplica(
        _ name: String = "replica",
        _ arming: CrashPointArming? = nil,
        work: Int = 0
    ) throws -> Running {
        try start(
            name,
            [
                DemoReplicaCommand.name, "--port", "\(port)", "--replica", name, "--work", "\(work)", "--checkpoint",
                "\(folder)/checkpoints",
            ],
            arming: arming
        )
    }

    /// Starts the command with any arguments.
    func start(
        _ name: String,
        _ arguments: [String],
        arming: CrashPointArming? = nil,
        environment: [String: String] = [:],
        onDeath: @escaping @Sendable () -> Void = {}
    ) throws -> Running {
        var environment = environment
        if let arming { environment[CrashPoints.variable] = arming.description }
        let progress = Watched(Running.Progress())
        let process = try ChildProcess(
            binary: Self.binary,
            arguments: arguments,
            environment: environment,
            log: "\(folder)/\(name).log"
        ) { line in
            progress.update { progress in
                if let handling = HandlingLine(line) {
                    if handling.step == .finished { progress.finished += 1 } else { progress.started += 1 }
                } else {
                    progress.lines.append(line)
                }
            }
        } onEnd: { ending in
            if arming != nil, ending == .killed(signal: SIGKILL) { onDeath() }
            progress.update { $0.ending = ending }
        }
        return Running(process: process, progress: progress)
    }

    /// The end of what a log says, for a finding.
    func log(of name: String) -> String {
        wholeLog(of: name).split(separator: "\n").suffix(8).joined(separator: "\n")
    }

    /// All that a log says.
    func wholeLog(of name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(folder)/\(name).log") ?? Data(), as: UTF8.self)
    }

    // MARK: Clients

    /// How a client of the test reaches the broker.
    func configuration(of name: String, extended: Bool) -> MQTTClientConfiguration {
        var configuration = MQTTClientConfiguration(
            endpoint: .tcp(host: "127.0.0.1", port: port),
            clientIdentifier: name
        )
        configuration.backoff = MQTTBackoff(base: .milliseconds(5), cap: .milliseconds(100))
        configuration.receiveMaximum = 1_024
        configuration.onSessionLost = .fail
        if extended { configuration.userProperties = [MQTTUserProperty("martlet", "1")] }
        return configuration
    }
}
