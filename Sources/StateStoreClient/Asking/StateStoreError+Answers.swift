import MQTTClient
import StateStore

extension StateStoreError {
    /// The error that a store's text stands for; a text that nobody knows is no reason to stumble.
    init(answer text: String) {
        let plain = text.hasPrefix("ERR ") ? String(text.dropFirst(4)) : text
        self.init(Self.code(StateError(rawValue: plain)), plain)
    }

    private static func code(_ error: StateError?) -> Code {
        switch error {
        case .timestampTooFarAhead, .tokenTooFarAhead: .clockSkew
        case .tokenRequired: .fencingTokenRequired
        case .tokenOutdated: .fenced
        case .quotaExceeded: .quotaExceeded
        case .notAuthorized: .notAuthorized
        case .unknownCommand: .notSupported
        case .emptyKey: .invalidArgument
        default: .refused
        }
    }

    /// The error that a failure of the MQTT client stands for.
    init(_ error: MQTTClientError, timeout: Duration, isConnected: Bool) {
        switch error.code {
        case .timedOut, .messageExpired:
            let reason =
                isConnected
                ? "does a store listen at this broker, and may this client ask it?" : "there is no connection"
            self.init(.timedOut, "no state store answered within \(timeout): \(reason)", cause: error)
        case .answerLost:
            self.init(.outcomeUnknown, "the connection was lost before the answer came", cause: error)
        case .cancelled: self.init(.cancelled, "the task was cancelled", cause: error)
        case .publishRefused where error.reasonCode == .notAuthorized:
            self.init(.notAuthorized, "the broker does not let this client ask the state store", cause: error)
        case .publishRefused where error.reasonCode == .quotaExceeded:
            self.init(.quotaExceeded, "the broker takes no more requests at present", cause: error)
        case .packetTooLarge:
            self.init(.invalidArgument, "the request is larger than the broker takes", cause: error)
        case .invalidArgument: self.init(.invalidArgument, error.message, cause: error)
        default: self.init(.connection, error.message, cause: error)
        }
    }
}
