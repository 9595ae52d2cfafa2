import ArgumentParser
import Logging
import MartletBroker
import ServiceLifecycle

/// `martlet broker`: serves until it is stopped.
struct BrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Run the MQTT 5 broker (it serves 3.1.1 clients too).",
        discussion: """
            EXAMPLES:
              martlet broker --data ./data                     # durable, on 127.0.0.1:1883
              martlet broker --in-memory --port 0              # forgets; any free port, which is printed
              martlet broker --data ./data --bind 0.0.0.0 --limit sessions=500
              martlet broker --config broker.yaml

            There is no authentication yet: who reaches the address may do everything.

            The file of --config is YAML (.yaml, .yml) or JSON with any of "bind", "port", "data", "inMemory", "logLevel" and "limits", \
            an object of the limits below. A flag is stronger than the file.

            LIMITS (--limit NAME=VALUE) AND THEIR DEFAULTS:
            \(LimitTable.help)

            EXIT CODES: 0 stopped by SIGINT or SIGTERM, clients told and the journal complete; 1 failed, such as when another broker \
            uses the directory; 64 wrong usage.
            """
    )

    @Option(help: "The address to listen on (default: 127.0.0.1).")
    var bind: String?

    @Option(name: .shortAndLong, help: "The port to listen on; 0 for any free one (default: 1883).")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The directory that keeps what must not be lost; made when it is missing.",
            valueName: "folder"
        )
    )
    var data: String?

    @Flag(name: .customLong("in-memory"), help: "Keep nothing: what is not delivered is lost when the broker ends.")
    var isInMemory = false

    @Option(help: ArgumentHelp("Read what flags do not say from this file.", valueName: "path"))
    var config: String?

    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp("What clients may use; may be repeated.", valueName: "name=value")
    )
    var limits: [LimitArgument] = []

    @Option(
        name: .customLong("memory-only-state"),
        help: ArgumentHelp(
            "Keep keys of the state store that begin with this in memory only; may be repeated.",
            valueName: "prefix"
        )
    )
    var memoryOnlyState: [String] = []

    @Flag(help: "Start although data is damaged: what is damaged is set aside and reported.")
    var acceptDataLoss = false

    @Option(help: ArgumentHelp("Log from this level up, to standard error (default: info).", valueName: "level"))
    var logLevel: LogLevel?

    @Flag(help: "Print where the broker listens as one line of JSON.")
    var json = false

    // For a broker that another process owns: it ends, without ceremony, when its standard input does.
    @Flag(name: .customLong("until-input-ends"), help: .hidden)
    var endsWithInput = false

    func validate() throws {
        guard port.map({ (0...65_535).contains($0) }) ?? true else {
            throw ValidationError("--port is a number from 0 to 65535")
        }
        guard !isInMemory || data == nil else { throw ValidationError("give either --data or --in-memory") }
        guard data != nil || isInMemory || config != nil else {
            throw ValidationError("say where messages are kept: --data FOLDER, or --in-memory to keep none")
        }
    }

    func run() async throws {
        if endsWithInput { ParentWatch.begin() }
        let file = try config.map(BrokerFile.init(path:)) ?? BrokerFile()
        let configuration = try configuration(over: file)
        let logger = (logLevel ?? file.logLevel ?? .info).logger(label: "martlet.broker")
        let broker = Broker(configuration: configuration, logger: logger)
        do {
            try await SignalledRun<Void>.run(logger: logger) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await broker.run() }
                    group.addTask { announce(try await broker.waitUntilListening(), configuration) }
                    try await group.waitForAll()
                }
            }
        } catch let error as BrokerError {
            throw CommandFailure(error.message)
        }
    }

    /// What the flags say, and the file where they say nothing.
    private func configuration(over file: BrokerFile) throws -> BrokerConfiguration {
        var configuration = BrokerConfiguration()
        configuration.host = bind ?? file.bind ?? configuration.host
        configuration.port = port ?? file.port ?? configuration.port
        configuration.acceptsDataLoss = acceptDataLoss
        configuration.memoryOnlyStatePrefixes = memoryOnlyState
        for (name, value) in file.limits { try LimitTable.set(name, to: value, in: &configuration.limits) }
        for limit in limits { try LimitTable.set(limit.name, to: limit.value, in: &configuration.limits) }
        if let data = data ?? (isInMemory ? nil : file.data) {
            configuration.storage = .directory(data)
        } else if !isInMemory && file.inMemory != true {
            throw CommandFailure("neither a flag nor the file says where messages are kept: --data or --in-memory")
        }
        return configuration
    }

    private func announce(_ port: Int, _ configuration: BrokerConfiguration) {
        var data: String?
        if case .directory(let path) = configuration.storage { data = path }
        if json {
            Output.line(JSONLine.encode(BrokerAddress(host: configuration.host, port: port, data: data)))
        } else {
            let kept = data.map { "messages are kept in \($0)" } ?? "nothing is kept"
            Output.remark("Listening on \(configuration.host):\(port); \(kept)")
        }
    }
}
