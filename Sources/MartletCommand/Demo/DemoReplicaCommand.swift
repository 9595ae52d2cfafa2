import ArgumentParser
import MQTTClient
import Martlet
import ServiceLifecycle
import Temperatures

/// A replica of the demonstration's worker, as a process of its own; started by `martlet demo`, for nobody else.
///
/// It writes a line to standard output when a handling begins and when it ends (`HandlingLine`).
struct DemoReplicaCommand: AsyncParsableCommand {
    static let name = "demo-replica"
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "A replica of the demonstration.",
        shouldDisplay: false
    )

    @Option(help: "The port of the broker.")
    var port: Int

    @Option(help: "The name of the replica.")
    var replica: String

    @Option(help: "The folder of its checkpoint.")
    var checkpoint: String?

    @Option(help: "How many milliseconds the handler works on a message.")
    var work: Double

    @Option(help: "The guarantee level without which it does not start.")
    var require = "A"

    @Flag(help: "Handle transfers between accounts, too: each changes two keys.")
    var transfers = false

    func run() async throws {
        ParentWatch.begin()
        let logger = LogLevel.warning.logger(label: "martlet.\(replica)")
        var configuration = WorkerConfiguration(name: Temperatures.group)
        configuration.broker = .tcp(host: "127.0.0.1", port: port)
        configuration.replica = replica
        configuration.backoff = MQTTBackoff(base: .milliseconds(10), cap: .milliseconds(250))
        configuration.grace = .seconds(5)
        guard let level = GuaranteeLevel(letter: require) else { throw CommandFailure("\(require) is no level") }
        configuration.require = level
        configuration.stateDirectory = checkpoint
        var handlers = Temperatures.handlers(work: .seconds(work / 1_000)) { event in
            let line =
                switch event {
                case .started(let reading): HandlingLine(.started, message: reading, time: HandlingLine.now)
                case .finished(let reading): HandlingLine(.finished, message: reading, time: HandlingLine.now)
                }
            // One write, short enough for the pipe to take it whole: a kill cuts no line in two.
            Output.write(line.text.utf8, to: 1)
        } mark: {
            String(UInt64.random(in: .min ... .max), radix: 36)
        }
        if transfers { handlers.append(Transfers.registration) }
        let worker = try Worker(configuration: configuration, handlers: handlers, logger: logger)
        try await SignalledRun<Void>.run(logger: logger) { try await worker.run() }
    }
}
