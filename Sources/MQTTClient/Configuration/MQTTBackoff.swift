/// How long the client waits before it tries to connect again.
///
/// The n-th wait in a row is drawn evenly between zero and `base · 2ⁿ`, at most `cap` ("full jitter"), so that clients
/// that lost the same server do not come back all at once.
public struct MQTTBackoff: Sendable, Hashable {
    /// The longest first wait.
    public var base: Duration
    /// The longest wait of all.
    public var cap: Duration

    /// Makes a backoff.
    ///
    /// - Parameters:
    ///   - base: The longest first wait.
    ///   - cap: The longest wait of all.
    public init(base: Duration = .milliseconds(100), cap: Duration = .seconds(30)) {
        self.base = base
        self.cap = cap
    }
}
