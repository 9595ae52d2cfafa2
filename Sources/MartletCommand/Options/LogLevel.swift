import ArgumentParser
import Logging

/// A level of logging as it is written on the command line.
enum LogLevel: String, CaseIterable, ExpressibleByArgument, Sendable {
    case trace, debug, info, notice, warning, error, critical

    /// A logger that writes lines from this level up to standard error, never among results.
    func logger(label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = loggerLevel
        return logger
    }

    /// The level as the logger knows it.
    var loggerLevel: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}
