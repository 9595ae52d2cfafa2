import Logging
import Synchronization

/// A level of logging that can change while the program runs.
final class SharedLogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    init(_ level: LogLevel) {
        self.level = Mutex(level.loggerLevel)
    }

    /// The level now.
    var current: Logger.Level { level.withLock { $0 } }

    /// Takes another level, for all loggers made of this one.
    func change(to level: LogLevel) {
        self.level.withLock { $0 = level.loggerLevel }
    }

    /// A logger that writes lines from this level up to standard error, never among results.
    func logger(label: String, format: LogFormat = .text) -> Logger {
        Logger(label: label) { SharedLevelLogHandler(base: format.handler(label: $0), shared: self) }
    }
}
