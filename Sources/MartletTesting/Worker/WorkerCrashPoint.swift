/// Where a ``TestWorker`` dies: the instants in the life of a message that differ in what has happened to it.
public enum WorkerCrashPoint: Sendable, CaseIterable {
    /// At once, wherever it is.
    case now
    /// When it has taken the next message, before its handler is called.
    case beforeHandler
    /// When the next handler has returned, before anything that it published was sent.
    case afterHandler
    /// When what the next handler published has arrived, before the message is acknowledged.
    case beforeAcknowledgement
}
