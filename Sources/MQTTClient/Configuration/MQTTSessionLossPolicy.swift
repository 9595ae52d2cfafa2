/// What the client does when it comes back and the server has no memory of its session.
public struct MQTTSessionLossPolicy: Sendable, Hashable {
    private enum Base: Sendable {
        case resubscribe, fail
    }

    private let base: Base

    private init(_ base: Base) { self.base = base }

    /// Say so (error in the log, ``MQTTEvent/sessionLost``), subscribe again to what the client had subscribed, and send
    /// again, as new, what the server had not acknowledged.
    public static let resubscribe = MQTTSessionLossPolicy(.resubscribe)
    /// Say so, and end ``MQTTClient/run()`` with ``MQTTClientError/Code/sessionLost``.
    public static let fail = MQTTSessionLossPolicy(.fail)
}
