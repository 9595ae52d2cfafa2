import MQTTClient
import StateStoreClient

extension SettleOutcome {
    /// Reads an error of the state store: what became of a commit or a write.
    ///
    /// - Parameter error: What it threw.
    init(storeError error: any Error) {
        guard let error = error as? StateStoreError else {
            self = .busy(error)
            return
        }
        switch error.code {
        case .notAuthorized, .invalidArgument, .encoding, .notSupported: self = .refused(error)
        case .cancelled: self = .stopped
        case .connection: self = error.cause.map { SettleOutcome(error: $0) } ?? .busy(error)
        default: self = .busy(error)
        }
    }
}
