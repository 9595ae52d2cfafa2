import MQTTClient

/// Runs closures while a lease is held; what ``Lease``, ``Lock`` and ``Leader`` share.
enum LeaseRun {
    private enum End<Result: Sendable>: Sendable {
        case ofBody(Result)
        case ofWait
    }

    /// Runs a closure while a lease is held; it is cancelled when the lease is lost.
    ///
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws; ``StateStoreError`` with `notHeld` when the lease was lost meanwhile.
    static func whileHeld<Result: Sendable>(
        _ held: HeldLease,
        _ body: @escaping @Sendable (HeldLease) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: End<Result>.self) { group in
            group.addTask { .ofBody(try await body(held)) }
            group.addTask {
                _ = await held.waitUntilLost()
                return .ofWait
            }
            defer { group.cancelAll() }
            // The first to end: the closure, or the hold (or the wait for that, when all of this is cancelled).
            var end = try await group.next()
            if case .ofBody(let result) = end { return result }
            group.cancelAll()
            let lost = StateStoreError(.notHeld, "the lease \(held.key) was lost while it was in use")
            do {
                end = try await group.next()
            } catch let error where Self.isCancellation(error) {
                if held.isHeld { throw error }
                throw lost
            }
            guard case .ofBody(let result) = end, held.isHeld else { throw lost }
            return result
        }
    }

    /// Whether an error says only that its task was cancelled, as requests to the store do in their own words.
    private static func isCancellation(_ error: any Error) -> Bool {
        error is CancellationError || (error as? StateStoreError)?.code == .cancelled
    }

    /// Waits for a lease and runs a closure while it is held, then lets go.
    ///
    /// - Returns: What the closure returns; `nil` when another holds the lease, for a candidate that does not wait.
    /// - Throws: What the closure throws, or ``StateStoreError``.
    static func hold<Result: Sendable>(
        _ driver: LeaseDriver,
        timeout: Duration?,
        _ body: @escaping @Sendable (HeldLease) async throws -> Result
    ) async throws -> Result? {
        let running = driver.start()
        do {
            let result = try await self.attempt(driver, timeout, body)
            driver.feed(.release)
            await running.value
            return result
        } catch {
            driver.feed(.release)
            await running.value
            throw error
        }
    }

    private static func attempt<Result: Sendable>(
        _ driver: LeaseDriver,
        _ timeout: Duration?,
        _ body: @escaping @Sendable (HeldLease) async throws -> Result
    ) async throws -> Result? {
        let standing = await self.outcome(driver, timeout)
        try Task.checkCancellation()
        if let holder = standing.holder {
            return try await self.whileHeld(HeldLease(driver: driver, holder: holder), body)
        }
        if standing.isHeldByAnother { return nil }
        if standing.isRefused || standing.isEnded { throw driver.refusal }
        let message = "the lease \(driver.key) was not to be had in time"
        throw StateStoreError(.timedOut, message, cause: standing.error)
    }

    private static func outcome(_ driver: LeaseDriver, _ timeout: Duration?) async -> LeaseDriver.Standing {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = await driver.standing.wait {
                    $0.holder != nil || $0.isHeldByAnother || $0.isRefused || $0.isEnded
                }
            }
            if let timeout {
                group.addTask { try? await driver.store.client.configuration.clock.sleep(for: timeout) }
            }
            await group.next()
            group.cancelAll()
        }
        return driver.standing.value
    }
}

extension LeaseDriver {
    /// Why the lease can not be had.
    var refusal: StateStoreError {
        let cause = self.standing.value.error
        return StateStoreError(cause?.code ?? .refused, "the lease \(self.key) can not be had", cause: cause)
    }
}
