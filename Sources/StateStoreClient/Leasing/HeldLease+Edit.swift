extension HeldLease {
    /// How often an edit begins again when somebody else changed the value meanwhile.
    private static let attempts = 16

    /// Reads a value, changes it and writes it, so that no change of anybody else is lost.
    ///
    /// With the extension it writes only what it has read. Without it, it first puts its token on what it has read, so that
    /// what an earlier holder still has on its way is refused: a fencing token by itself only orders writes, it does not keep
    /// an old one from slipping in between a read and a write. Either way an expiry of the value is dropped.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - change: Makes the new value of the present one, `nil` standing for an absent key; may be called several times.
    /// - Returns: The version of the write; `nil` if the key was deleted, or was and stays absent.
    /// - Throws: ``StateStoreError``, or what the closure throws.
    @discardableResult
    public func edit(
        _ key: StateStoreKey,
        _ change: ([UInt8]?) throws -> [UInt8]?
    ) async throws -> StateStoreVersion? {
        for _ in 0..<Self.attempts {
            let entry = try await self.driver.store.get(key)
            let hasExtension = self.driver.store.hasExtension == true
            if !hasExtension, let entry {
                // Fence what was read; if it is another value by now, read again.
                guard case .applied = try await self.set(key, entry.value, if: .absentOrEqual) else { continue }
            }
            let changed = try change(entry?.value)
            guard let changed else {
                guard let entry else { return nil }
                switch try await self.delete(key, ifVersion: hasExtension ? entry.version : nil) {
                case .deleted, .absent: return nil
                case .notDeleted: continue
                }
            }
            let condition: StateStoreCondition =
                if let entry { hasExtension ? .version(entry.version) : .always } else { .absent }
            if let version = try await self.set(key, changed, if: condition).appliedVersion { return version }
        }
        throw StateStoreError(.refused, "\(key) was changed by others \(Self.attempts) times while it was edited")
    }
}
