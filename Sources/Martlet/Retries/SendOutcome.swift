import MQTTClient

/// What became of a publish that a handler's success, or its failure, depends on.
enum SendOutcome {
    /// The broker has it, or nobody can want it any more.
    case sent
    /// Not now; another time it may be taken.
    case busy(any Error)
    /// The broker, or the client, will never take it.
    case refused(any Error)
    /// The client is closed or the worker ends: nobody will know.
    case stopped

    /// Reads an error of the client.
    ///
    /// - Parameter error: What the publish threw.
    init(error: any Error) {
        if error is CancellationError {
            self = .stopped
            return
        }
        guard let error = error as? MQTTClientError else {
            self = .busy(error)
            return
        }
        switch error.code {
        case .publishRefused: self = Self.isPassing(error.reasonCode) ? .busy(error) : .refused(error)
        case .packetTooLarge, .invalidArgument, .notSupportedByServer, .notSupported: self = .refused(error)
        case .messageExpired: self = .sent
        case .closed, .cancelled, .sessionTakenOver, .sessionLost, .connectionRefused, .connectionFailed,
            .disconnectedByServer, .alreadyRunning:
            self = .stopped
        default: self = .busy(error)
        }
    }

    /// Whether the broker may take the same message later.
    private static func isPassing(_ reason: MQTTReasonCode?) -> Bool {
        let passing: [MQTTReasonCode] = [
            .quotaExceeded, .serverBusy, .serverUnavailable, .serverShuttingDown, .messageRateTooHigh,
            .unspecifiedError, .implementationSpecificError,
        ]
        return reason.map(passing.contains) ?? true
    }
}
