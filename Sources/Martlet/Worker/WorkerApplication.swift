public import Configuration
public import Logging
public import ServiceLifecycle

/// A whole program that is a worker: settings, log, signals, drain and exit code.
///
/// ```swift
/// @main
/// struct Orders: WorkerApplication {
///     static let name = "orders"
///
///     static func handlers(_ config: ConfigReader) -> [HandlerRegistration] {
///         [HandlerRegistration("orders/placed/+", handler: OrderHandler())]
///     }
/// }
/// ```
///
/// It reads its settings from flags, `MARTLET_…` environment variables and a file; `--help` lists them. On
/// SIGTERM and SIGINT it drains and ends with exit code 0. The code is 64 when it was told something that it
/// can not be told, and 1 when it could not start or go on.
public protocol WorkerApplication {
    /// The name of the worker, unless a setting says otherwise.
    static var name: String { get }

    /// What the program is for, in the first line of its help.
    static var summary: String { get }

    /// The settings of the program's own, besides those that every worker has.
    static var settings: [Setting] { get }

    /// Makes the handlers.
    ///
    /// - Parameter config: Everything that the program was told.
    /// - Returns: The handlers with their filters.
    /// - Throws: Any error, to end the program.
    static func handlers(_ config: ConfigReader) async throws -> [HandlerRegistration]

    /// Changes what the settings left open, for example the default number of slots.
    ///
    /// - Parameters:
    ///   - configuration: The configuration as the settings made it.
    ///   - config: Everything that the program was told.
    /// - Throws: Any error, to end the program.
    static func configure(_ configuration: inout WorkerConfiguration, config: ConfigReader) throws

    /// Starts the systems for logging, metrics and tracing.
    ///
    /// - Parameters:
    ///   - level: From which level on lines are logged.
    ///   - config: Everything that the program was told.
    /// - Throws: Any error, to end the program.
    static func bootstrap(level: Logger.Level, config: ConfigReader) throws

    /// Makes the services that run beside the worker; they start before it and stop after it has drained.
    ///
    /// - Parameter config: Everything that the program was told.
    /// - Returns: The services.
    /// - Throws: Any error, to end the program.
    static func services(_ config: ConfigReader) async throws -> [any Service]
}

extension WorkerApplication {
    /// Nothing to say.
    public static var summary: String { "" }

    /// No settings of its own.
    public static var settings: [Setting] { [] }

    /// Changes nothing.
    ///
    /// - Parameters:
    ///   - configuration: The configuration as the settings made it.
    ///   - config: Everything that the program was told.
    public static func configure(_ configuration: inout WorkerConfiguration, config: ConfigReader) {}

    /// Logs to the standard error.
    ///
    /// - Parameters:
    ///   - level: From which level on lines are logged.
    ///   - config: Everything that the program was told.
    public static func bootstrap(level: Logger.Level, config: ConfigReader) {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }

    /// No other services.
    ///
    /// - Parameter config: Everything that the program was told.
    /// - Returns: Nothing.
    public static func services(_ config: ConfigReader) -> [any Service] { [] }
}
