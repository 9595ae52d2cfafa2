import Logging

/// A log handler that only counts.
struct NoticedLogHandler: LogHandler {
    let critical: SharedCount
    var metadataProvider: Logger.MetadataProvider?
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    func log(event: LogEvent) {
        if event.level == .critical { critical.add() }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
