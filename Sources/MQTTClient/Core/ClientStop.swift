/// Why the client does not connect again.
enum ClientStop: Sendable {
    /// Somebody closed it.
    case closed
    /// `run()` was cancelled.
    case aborted
    /// It can not go on.
    case failed(MQTTClientError)

    /// What tasks that still wait are told.
    var error: MQTTClientError {
        switch self {
        case .closed: MQTTClientError(.closed, "the client was closed")
        case .aborted: MQTTClientError(.closed, "the client's run was cancelled")
        case .failed(let error): error
        }
    }
}
