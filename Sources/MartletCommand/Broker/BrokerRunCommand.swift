import ArgumentParser
import BrokerAdmin
import Logging
import MartletBroker
import ServiceLifecycle
import UnixSignals

/// `martlet broker run`: serves until it is stopped.
struct BrokerRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serve until stopped (what 'martlet broker' does by itself).",
        discussion: """
            EXAMPLES:
              martlet broker --data ./data                     # durable, on 127.0.0.1:1883
              martlet broker --in-memory --port 0              # forgets; any free port, which is printed
              martlet broker --data ./data --limit sessions=500
              martlet broker --config broker.yaml              # listeners, TLS, authentication, rules: docs/guides/broker.md

            Without authentication only clients of this machine come in; --allow-anonymous with --bind lets in whoever reaches the address.

            The file of --config is YAML (.yaml, .yml) or JSON; 'martlet broker schema' prints what may stand in it, 'martlet broker check' looks \
            for mistakes. A flag is stronger than the file. SIGHUP reads the file again: certificates, limits and the log level change without \
            a restart, all or nothing.

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

    @Flag(help: "Let clients from beyond this machine in without authentication.")
    var allowAnonymous = false

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

    @Option(
        help: ArgumentHelp(
            "Threads for sockets, beside the engine's; pays with TLS on machines of several cores (default: 0).",
            valueName: "count"
        )
    )
    var networkLoops: Int?

    @Flag(help: "Start although data is damaged: what is damaged is set aside and reported.")
    var acceptDataLoss = false

    @Option(help: ArgumentHelp("Log from this level up, to standard error (default: info).", valueName: "level"))
    var logLevel: LogLevel?

    @Flag(help: "Print where the broker listens as one line of JSON.")
    var json = false

    @OptionGroup(title: "Operation")
    var operation: OperationOptions

    // For a broker that another process owns: it ends, without ceremony, when its standard input does.
    @Flag(name: .customLong("until-input-ends"), help: .hidden)
    var endsWithInput = false

    func validate() throws {
        guard port.map({ (0...65_535).contains($0) }) ?? true else {
            throw ValidationError("--port is a number from 0 to 65535")
        }
        guard networkLoops.map(BrokerConfiguration.allowedNetworkLoops.contains) ?? true else {
            let most = BrokerConfiguration.allowedNetworkLoops.upperBound
            throw ValidationError("--network-loops is a number from 0 to \(most)")
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
        let level = SharedLogLevel(level(over: file))
        let logger = level.logger(label: "martlet.broker", format: operation.logFormat)
        let broker = Broker(configuration: configuration, logger: logger)
        let services = try operation.services(of: broker, section: file.admin, logger: logger)
        do {
            try await SignalledRun<Void>.run(logger: logger) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await broker.run() }
                    for service in services { group.addTask { try await service.run() } }
                    group.addTask { announce(try await broker.listeningAddresses(), configuration) }
                    let reloading = Task { await reload(broker, file.admin, level, logger) }
                    defer { reloading.cancel() }
                    try await group.waitForAll()
                }
            }
        } catch let error as BrokerError {
            throw CommandFailure(error.message)
        } catch let error as AdminError {
            throw CommandFailure(error.message)
        }
    }

    private func level(over file: BrokerFile) -> LogLevel { logLevel ?? file.logLevel ?? .info }

    /// What the flags say, and the file where they say nothing.
    private func configuration(over file: BrokerFile) throws -> BrokerConfiguration {
        var configuration = BrokerConfiguration()
        try file.apply(to: &configuration)
        // Nobody would ask them, and their chain is not started for nothing.
        if operation.admin == nil, file.admin == nil { configuration.operators = nil }
        if bind != nil || port != nil, !file.listeners.isEmpty {
            throw CommandFailure("--bind and --port say nothing where the file has listeners: change those")
        }
        configuration.host = bind ?? configuration.host
        configuration.port = port ?? configuration.port
        configuration.networkLoops = networkLoops ?? configuration.networkLoops
        if allowAnonymous { configuration.allowsAnonymous = true }
        if acceptDataLoss { configuration.acceptsDataLoss = true }
        configuration.memoryOnlyStatePrefixes += memoryOnlyState
        for limit in limits { try LimitTable.set(limit.name, to: limit.value, in: &configuration.limits) }
        if isInMemory {
            configuration.storage = .inMemory
        } else if let data {
            configuration.storage = .directory(data)
        } else if file.data == nil && file.inMemory != true {
            throw CommandFailure("neither a flag nor the file says where messages are kept: --data or --in-memory")
        }
        return configuration
    }

    /// Reads the file again at each SIGHUP.
    private func reload(_ broker: Broker, _ admin: BrokerFileAdmin?, _ level: SharedLogLevel, _ logger: Logger) async {
        // Without a file there is nothing to read, and the signal keeps its meaning: the terminal is gone.
        guard let config else { return }
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            operation.notifier?.reloading()
            // Also where the old configuration holds: systemd waits for it.
            defer { operation.notifier?.ready("Serving") }
            do {
                let file = try BrokerFile(path: config)
                try await broker.reload(configuration(over: file))
                level.change(to: self.level(over: file))
                if file.admin?.withoutAuthentication != admin?.withoutAuthentication {
                    logger.warning("The section 'admin' changed: all but its authentication takes a restart")
                }
            } catch {
                let message = (error as? BrokerError)?.message ?? "\(error)"
                logger.error(
                    "The configuration was not reloaded; the old one holds",
                    metadata: ["reason": "\(message)"]
                )
            }
        }
    }

    private func announce(_ addresses: [BrokerListenerAddress], _ configuration: BrokerConfiguration) {
        var data: String?
        if case .directory(let path) = configuration.storage { data = path }
        if json {
            Output.line(JSONLine.encode(BrokerAddress(addresses, data: data)))
        } else {
            let kept = data.map { "messages are kept in \($0)" } ?? "nothing is kept"
            // One listener of plain TCP is shown as it always was.
            let places = addresses.map { address in
                guard address.scheme == "mqtt", let host = address.host, let port = address.port else {
                    return "\(address)"
                }
                return "\(host):\(port)"
            }
            Output.remark("Listening on \(places.joined(separator: ", ")); \(kept)")
        }
    }
}
