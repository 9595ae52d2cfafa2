public import ServiceLifecycle
import StateStore

/// Lets one of many processes lead, and another when that one is gone.
///
/// Run it as a service beside the ``MQTTClient/MQTTClient`` (which must be stopped after it, so that it can let go). It
/// campaigns for as long as it runs: while it leads, its closure runs; the closure is cancelled before the term can be
/// another's, and the next term begins only when the closure has ended.
///
/// ```swift
/// let leader = Leader("services/billing/leader", in: store) { term in
///     while !Task.isCancelled {
///         try await term.set("services/billing/last", report())
///         try await Task.sleep(for: .seconds(60))
///     }
/// }
/// try await leader.run()
/// ```
public final class Leader: Service, Sendable {
    /// The key of the leadership.
    public let key: StateStoreKey
    /// What happens; for one consumer, and the newest 64 only.
    public let events: AsyncStream<LeaderEvent>

    private let driver: LeaseDriver
    private let configuration: LeaseConfiguration
    private let lead: @Sendable (HeldLease) async throws -> Void
    private let continuation: AsyncStream<LeaderEvent>.Continuation

    /// Makes a candidate.
    ///
    /// - Parameters:
    ///   - key: The key of the leadership; nothing else should be there.
    ///   - store: Where it is.
    ///   - configuration: How its lease is held.
    ///   - lead: What a leader does. When it returns the candidate resigns and stands again later; what it throws ends ``run()``,
    ///     unless the term is over.
    public init(
        _ key: StateStoreKey,
        in store: StateStoreClient,
        configuration: LeaseConfiguration = LeaseConfiguration(),
        lead: @escaping @Sendable (HeldLease) async throws -> Void
    ) {
        self.key = key
        self.configuration = configuration
        self.lead = lead
        self.driver = LeaseDriver(key, store, configuration, .always)
        (self.events, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
    }

    /// Whether this process leads at this moment, by its own clock.
    public var isLeading: Bool { self.driver.standing.value.holder.map(self.driver.isHeld) ?? false }

    /// The name of whoever leads, as far as this candidate has seen.
    public var currentLeader: String? { self.driver.standing.value.seen.map(Lease.name) }

    /// Campaigns, leads and campaigns again, until it is shut down gracefully or cancelled; then it lets go.
    ///
    /// - Throws: What the closure throws; ``StateStoreError`` when the store refuses for good.
    public func run() async throws {
        if let problem = self.configuration.problem { throw problem }
        let running = self.driver.start()
        defer { self.continuation.finish() }
        do {
            try await self.terms()
        } catch {
            self.driver.feed(.release)
            await running.value
            throw error
        }
        self.driver.feed(.release)
        await running.value
    }

    private func terms() async throws {
        var last: [UInt8]?
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let ended = last
            let standing = await cancelWhenGracefulShutdown {
                await self.driver.standing.wait {
                    $0.isEnded || $0.isRefused || ($0.holder != nil && $0.holder != ended)
                }
            }
            if standing.isEnded || standing.isRefused { throw self.driver.refusal }
            guard let holder = standing.holder, holder != ended else { return }
            last = holder
            try await self.serve(HeldLease(driver: self.driver, holder: holder))
        }
    }

    private func serve(_ term: HeldLease) async throws {
        if let token = try? term.fencingToken() { self.continuation.yield(.leading(token)) }
        do {
            try await cancelWhenGracefulShutdown { try await LeaseRun.whileHeld(term, self.lead) }
            self.driver.feed(.resign)
            self.continuation.yield(.resigned)
        } catch {
            if let lost = self.driver.standing.value.lost, lost.holder == term.holder {
                self.continuation.yield(.lost(lost.loss))
                return
            }
            if error is CancellationError, Task.isCancelled || Task.isShuttingDownGracefully { return }
            throw error
        }
    }
}
