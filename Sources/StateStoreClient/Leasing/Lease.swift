/// A right that one process has at a time, for as long as it renews it.
///
/// The store grants it for a while at a time; the holder counts it as lost before the store does, by its own clock, counted
/// from when its request left. A holder that was stopped and wakes up finds it lost. What a holder writes while
/// it may be wrong about that is refused by its *fencing token*, if it writes through ``HeldLease``.
public struct Lease: Sendable {
    /// The key of the lease.
    public let key: StateStoreKey
    private let store: StateStoreClient
    private let configuration: LeaseConfiguration

    /// Describes a lease.
    ///
    /// - Parameters:
    ///   - key: Its key; nothing else should be there.
    ///   - store: Where it is.
    ///   - configuration: How it is held.
    public init(
        _ key: StateStoreKey,
        in store: StateStoreClient,
        configuration: LeaseConfiguration = LeaseConfiguration()
    ) {
        self.key = key
        self.store = store
        self.configuration = configuration
    }

    /// Asks for the lease once and, if it is granted, runs a closure while it is held; then lets go.
    ///
    /// The lease is renewed meanwhile. The closure is cancelled when the lease is lost.
    ///
    /// - Parameter body: What to do with it.
    /// - Returns: What the closure returns; `nil` if another holds the lease.
    /// - Throws: What the closure throws; ``StateStoreError``, with ``StateStoreError/Code/notHeld`` when the lease was lost meanwhile.
    public func hold<Result: Sendable>(
        _ body: @escaping @Sendable (HeldLease) async throws -> Result
    ) async throws -> Result? {
        if let problem = self.configuration.problem { throw problem }
        let driver = LeaseDriver(self.key, self.store, self.configuration, .once)
        return try await LeaseRun.hold(driver, timeout: self.store.configuration.timeout, body)
    }

    /// The name of whoever holds the lease.
    ///
    /// - Returns: The name; `nil` if nobody does.
    /// - Throws: ``StateStoreError``.
    public func holder() async throws(StateStoreError) -> String? {
        try await self.store.get(self.key).map { Self.name(of: $0.value) }
    }

    /// The name within the value of the key: without the parts that tell holds apart.
    static func name(of holder: [UInt8]) -> String {
        let text = String(decoding: holder, as: UTF8.self)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count < 3 ? text : parts.dropLast(2).joined(separator: ":")
    }
}
