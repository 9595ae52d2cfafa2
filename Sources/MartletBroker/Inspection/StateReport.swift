/// The state store as a whole, for an operator.
package struct StateReport: Codable, Sendable, Equatable {
    package var keys: Int
    package var bytes: Int
    package var keyLimit: Int
    package var byteLimit: Int
    /// Requests since the broker started, commits among them.
    package var requests: UInt64
    package var requestsRefused: UInt64
    /// Keys removed because their time was over.
    package var expired: UInt64
    package var commits: UInt64
    package var commitsRefused: UInt64
    /// Whether anybody watches keys.
    package var isWatched: Bool
}
