package import MartletBroker

/// Who may use the admin API, and for what.
package struct AdminAccess: Sendable {
    /// What a request needs.
    package enum Right: String, Sendable, Hashable, Comparable, CaseIterable {
        /// Nothing: health.
        case none
        /// Looking.
        case read
        /// Sending clients away, taking messages away.
        case write

        package static func < (left: Right, right: Right) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    /// Proves who somebody is, by the same chain as the clients of a listener; nil for somebody it does not believe.
    package typealias Authenticator = @Sendable (AdminCredentials) async -> BrokerOperator?

    /// Proves who asks; nil where nobody is asked who it is, which only a loopback address allows.
    package var authenticator: Authenticator?
    /// The groups whose members may look.
    package var readers: Set<String>
    /// The groups whose members may do everything.
    package var writers: Set<String>

    /// Makes it.
    ///
    /// - Parameters:
    ///   - authenticator: Proves who asks; nil for nobody to be asked.
    ///   - readers: The groups whose members may look.
    ///   - writers: The groups whose members may do everything.
    package init(
        authenticator: Authenticator? = nil,
        readers: Set<String> = ["admin-read"],
        writers: Set<String> = ["admin"]
    ) {
        self.authenticator = authenticator
        self.readers = readers
        self.writers = writers
    }

    /// What an operator may do.
    func right(of one: BrokerOperator) -> Right {
        if !writers.isDisjoint(with: one.groups) { return .write }
        return readers.isDisjoint(with: one.groups) ? .none : .read
    }
}
