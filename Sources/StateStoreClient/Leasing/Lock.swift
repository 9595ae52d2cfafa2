/// Mutual exclusion over processes: waits for a lease, and lets go of it afterwards.
public struct Lock: Sendable {
    /// The key of the lock.
    public let key: StateStoreKey
    private let store: StateStoreClient
    private let configuration: LeaseConfiguration

    /// Describes a lock.
    ///
    /// - Parameters:
    ///   - key: Its key; nothing else should be there.
    ///   - store: Where it is.
    ///   - configuration: How its lease is held.
    public init(
        _ key: StateStoreKey,
        in store: StateStoreClient,
        configuration: LeaseConfiguration = LeaseConfiguration()
    ) {
        self.key = key
        self.store = store
        self.configuration = configuration
    }

    /// Waits for the lock and runs a closure while it is held; then lets go.
    ///
    /// Those who wait are woken when the lock comes free, each at a moment of its own, those who wait longest soonest. The closure is
    /// cancelled when the lock is lost; what it writes through ``HeldLease`` then is refused.
    ///
    /// - Parameters:
    ///   - timeout: How long to wait for the lock; `nil` for as long as it takes.
    ///   - body: What to do with it.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws; ``StateStoreError``, with ``StateStoreError/Code/notHeld`` when the lock was lost meanwhile.
    public func withLock<Result: Sendable>(
        timeout: Duration? = nil,
        _ body: @escaping @Sendable (HeldLease) async throws -> Result
    ) async throws -> Result {
        if let problem = self.configuration.problem { throw problem }
        let driver = LeaseDriver(self.key, self.store, self.configuration, .wait)
        if let result = try await LeaseRun.hold(driver, timeout: timeout, body) { return result }
        throw StateStoreError(.refused, "the lock \(self.key) is held by another")
    }

    /// Reads a value, changes it and writes it while the lock is held; see ``HeldLease/edit(_:_:)``.
    ///
    /// - Parameters:
    ///   - key: The key of the value.
    ///   - timeout: How long to wait for the lock; `nil` for as long as it takes.
    ///   - change: Makes the new value of the present one, `nil` standing for an absent key; may be called several times.
    /// - Returns: The version of the write; `nil` if the key is absent now.
    /// - Throws: ``StateStoreError``, or what the closure throws.
    @discardableResult
    public func edit(
        _ key: StateStoreKey,
        timeout: Duration? = nil,
        _ change: @escaping @Sendable ([UInt8]?) throws -> [UInt8]?
    ) async throws -> StateStoreVersion? {
        try await self.withLock(timeout: timeout) { held in try await held.edit(key, change) }
    }
}
