import Logging

/// Asks a shared level, unless a logger was given one of its own.
struct SharedLevelLogHandler: LogHandler {
    var base: any LogHandler
    let shared: SharedLogLevel
    private var own: Logger.Level?

    init(base: any LogHandler, shared: SharedLogLevel) {
        self.base = base
        self.shared = shared
        self.base.logLevel = .trace
    }

    var logLevel: Logger.Level {
        get { own ?? shared.current }
        set { own = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        base.log(event: event)
    }
}
