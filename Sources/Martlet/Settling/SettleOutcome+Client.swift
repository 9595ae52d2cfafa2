import MQTTClient

extension SettleOutcome {
    /// Reads an error of the client: what became of a publish.
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
        case .messageExpired: self = .done
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
