/// Why the service cannot serve.
package enum StateStoreServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A subscription was refused.
    case notSubscribed(topic: String, reason: String)
    /// The engine's answer was none.
    case badAnswer(String)

    /// The reason for people.
    package var description: String {
        switch self {
        case .notSubscribed(let topic, let reason):
            "The broker refuses the subscription to \(topic): \(reason). The service must be allowed to subscribe to it."
        case .badAnswer(let what): "The engine gave no answer that can be read (\(what))."
        }
    }
}
