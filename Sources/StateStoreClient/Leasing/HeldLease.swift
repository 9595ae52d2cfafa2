/// A lease while it is held: what guards writes.
///
/// It is of one hold only: when that is lost, this one is dead, though the same process may hold the lease again.
public final class HeldLease: Sendable {
    /// The key of the lease.
    public let key: StateStoreKey
    let driver: LeaseDriver
    let holder: [UInt8]

    init(driver: LeaseDriver, holder: [UInt8]) {
        self.key = driver.key
        self.driver = driver
        self.holder = holder
    }

    /// Whether the lease is held at this moment, by this process's clock.
    public var isHeld: Bool { self.driver.isHeld(self.holder) }

    /// The newest token; it changes with each renewal, so ask for it at each write.
    ///
    /// - Returns: The token.
    /// - Throws: ``StateStoreError`` with ``StateStoreError/Code/notHeld`` when the lease is not held any more.
    public func fencingToken() throws(StateStoreError) -> StateStoreVersion {
        if let token = self.driver.fencingToken(self.holder) { return token }
        throw StateStoreError(.notHeld, "the lease \(self.key) is not held any more")
    }

    /// Waits until the lease is lost or let go.
    ///
    /// - Returns: Why it was lost; `nil` when it was let go, or the task was cancelled.
    public func waitUntilLost() async -> LeaseLoss? {
        let holder = self.holder
        let standing = await self.driver.standing.wait { $0.holder != holder }
        guard let lost = standing.lost, lost.holder == holder else { return nil }
        return lost.loss
    }

    /// Writes a value, guarded by the lease.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value.
    ///   - condition: What must hold for the write to be applied.
    ///   - expiresIn: After how long the key is deleted by itself.
    /// - Returns: Whether it was applied, and the version.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/notHeld`` or ``StateStoreError/Code/fenced`` when the lease is lost.
    @discardableResult
    public func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        if condition: StateStoreCondition = .always,
        expiresIn: Duration? = nil
    ) async throws(StateStoreError) -> StateStoreSetOutcome {
        let token = try self.fencingToken()
        return try await self.noticing { () async throws(StateStoreError) in
            try await self.driver.store.set(key, value, if: condition, expiresIn: expiresIn, fencingToken: token)
        }
    }

    /// Deletes a key, guarded by the lease.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - version: Deletes it only if it has this version (extension).
    /// - Returns: What became of it.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/notHeld`` or ``StateStoreError/Code/fenced`` when the lease is lost.
    @discardableResult
    public func delete(
        _ key: StateStoreKey,
        ifVersion version: StateStoreVersion? = nil
    ) async throws(StateStoreError) -> StateStoreDeleteOutcome {
        let token = try self.fencingToken()
        return try await self.noticing { () async throws(StateStoreError) in
            try await self.driver.store.delete(key, ifVersion: version, fencingToken: token)
        }
    }

    /// A refusal by token means that the lease is another's, whatever the clock says.
    func noticing<Result>(
        _ write: () async throws(StateStoreError) -> Result
    ) async throws(StateStoreError) -> Result {
        do throws(StateStoreError) {
            return try await write()
        } catch {
            if error.code == .fenced { self.driver.feed(.fenced) }
            throw error
        }
    }
}
