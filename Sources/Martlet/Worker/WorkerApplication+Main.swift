import Configuration
import Logging
import ServiceLifecycle
import UnixSignals

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension WorkerApplication {
    /// Runs the program with the arguments and the environment of the process, and ends the process.
    @concurrent
    public static func main() async {
        let environment = ProcessInfo.processInfo.environment
        let code = await run(arguments: Array(CommandLine.arguments.dropFirst()), environment: environment)
        exit(code)
    }

    /// Runs the program.
    ///
    /// - Parameters:
    ///   - arguments: The arguments without the program's name.
    ///   - environment: The environment variables.
    /// - Returns: The exit code.
    static func run(arguments: [String], environment: [String: String]) async -> CInt {
        let sources: SettingSources
        do {
            let all = try SettingCatalog(catalogSettings)
            sources = try SettingSources(catalog: all, arguments: arguments, environment: environment)
        } catch {
            complain(error.sentence)
            return EX_USAGE
        }
        if sources.asksForHelp {
            print(SettingHelp(name: name, summary: summary, settings: catalogSettings).text, terminator: "")
            return EXIT_SUCCESS
        }
        for name in sources.unknownVariables {
            complain("the environment variable \(name) is no setting of this worker, and is not looked at")
        }
        do {
            try await serve(sources.reader)
            return EXIT_SUCCESS
        } catch let error as WorkerError where error.isUsage {
            complain(error.sentence)
            return EX_USAGE
        } catch {
            complain("\(error)")
            return EXIT_FAILURE
        }
    }

    private static var catalogSettings: [Setting] {
        let levels = Logger.Level.allCases.map(\.rawValue)
        return [SettingSources.fileSetting] + WorkerConfiguration.settings
            + [Setting("log.level", .choice(levels), "From which level on to log", standard: "info")] + settings
    }

    private static func serve(_ config: ConfigReader) async throws {
        let level = config.string(forKey: "log.level").flatMap(Logger.Level.init(rawValue:)) ?? .info
        try bootstrap(level: level, config: config)
        var configuration = try WorkerConfiguration(name: name, config: config)
        try configure(&configuration, config: config)
        var logger = Logger(label: configuration.name)
        logger.logLevel = level
        let worker = try Worker(configuration: configuration, handlers: await handlers(config), logger: logger)
        var quiet = logger
        quiet.logLevel = max(level, .notice)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: try await services(config) + [worker],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet
            )
        )
        try await group.run()
    }

    private static func complain(_ message: String) {
        let bytes = Array("\(name): \(message)\n".utf8)
        // To the standard error; if even that is closed there is nobody left to tell.
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

extension WorkerError {
    /// What was wrong, and why, in one line.
    fileprivate var sentence: String {
        guard let cause else { return message }
        return "\(message): " + "\(cause)".split(separator: "\n").joined(separator: " ")
    }

    /// Whether the program was told something that it can not be told.
    fileprivate var isUsage: Bool {
        [.invalidConfiguration, .unknownSetting, .invalidSetting, .guaranteeNotMet].contains(code)
    }
}
