/// Which worker, and which replica of it.
public struct WorkerIdentity: Sendable, Hashable, CustomStringConvertible {
    /// The name that all replicas share.
    public let name: String
    /// What tells this replica from the others, the same after each restart.
    public let replica: String

    /// Makes an identity.
    ///
    /// - Parameters:
    ///   - name: The name that all replicas share.
    ///   - replica: What tells this replica from the others.
    public init(name: String, replica: String) {
        self.name = name
        self.replica = replica
    }

    /// The client identifier that belongs to it: both names.
    public var description: String { "\(name)-\(replica)" }
}
