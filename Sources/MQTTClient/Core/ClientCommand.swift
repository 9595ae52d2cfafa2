/// What a task asks of the event loop.
enum ClientCommand: Sendable {
    case publish(PublishOperation)
    case subscription(SubscriptionOperation)
    case request(RequestOperation)
    case awaitConnection(number: UInt64, Reply<MQTTConnectionInformation>)
    /// The task that waits for this operation was cancelled.
    case cancel(number: UInt64)
    /// The client shall prove again who it is.
    case reauthenticate
    case close(endingSession: Bool, sendingWill: Bool, CheckedContinuation<Void, Never>?)
    /// `run()` was cancelled.
    case abort
}
