import Logging
import MQTTClient
import StateStore
import Synchronization

/// Does what a ``LeaseCore`` says: sends, waits by the clock, and tells those who wait how it stands.
final class LeaseDriver: Sendable {
    /// How it stands.
    struct Standing: Sendable {
        /// The present hold, by the value that the key has.
        var holder: [UInt8]?
        /// The last hold that was lost, and why.
        var lost: (holder: [UInt8], loss: LeaseLoss)?
        var isHeldByAnother = false
        var isRefused = false
        var isEnded = false
        /// Why the store could not be asked the last time.
        var error: StateStoreError?
        /// Who holds it, by the last that was seen.
        var seen: [UInt8]?
    }

    let store: StateStoreClient
    let key: StateStoreKey
    let standing = Observed(Standing())
    private let configuration: LeaseConfiguration
    private let isWatching: Bool
    private let core: Mutex<LeaseCore>
    private let inputs = Mutex<[LeaseInput]>([])
    private let wakeUp = WakeUp()

    init(
        _ key: StateStoreKey,
        _ store: StateStoreClient,
        _ configuration: LeaseConfiguration,
        _ ambition: LeaseAmbition
    ) {
        self.store = store
        self.key = key
        self.configuration = configuration
        self.isWatching = ambition != .once
        let client = store.client.configuration
        let name = configuration.holderName ?? client.clientIdentifier
        let nonce = String(client.randomness(), radix: 16)
        self.core = Mutex(
            LeaseCore(
                terms: configuration.terms,
                ambition: ambition,
                name: Array("\(name):\(nonce)".utf8),
                seed: client.randomness()
            )
        )
    }

    /// Whether a hold still is, at this moment.
    func isHeld(_ holder: [UInt8]) -> Bool {
        let now = self.store.now()
        return self.core.withLock { $0.holder == holder && $0.isHeld(at: now) }
    }

    /// The token of a hold, if it still is.
    func fencingToken(_ holder: [UInt8]) -> StateStoreVersion? {
        let now = self.store.now()
        return self.core.withLock { $0.holder == holder ? $0.fencingToken(at: now) : nil }
    }

    /// Lets the candidate know of something.
    func feed(_ input: LeaseInput) {
        self.inputs.withLock { $0.append(input) }
        self.wakeUp.set()
    }

    /// Runs until all is over; see ``LeaseCore``.
    func run() async {
        let observing = try? self.store.client.observeEvents { [weak self] event in
            if case .connected = event { self?.feed(.reconnected) }
        }
        await withDiscardingTaskGroup { group in
            if self.isWatching { group.addTask { await self.watch() } }
            self.feed(.begin)
            while !self.standing.value.isEnded {
                for action in self.work() { self.perform(action, &group) }
                if self.standing.value.isEnded { break }
                let now = self.store.now()
                let wait = self.core.withLock { $0.nextWake }.map { max($0 - now, .milliseconds(1)) }
                await self.wakeUp.wait(for: wait, self.store.client.configuration.clock)
            }
            group.cancelAll()
        }
        observing?.cancel()
    }

    private func work() -> [LeaseAction] {
        let inputs = self.inputs.withLock { inputs in
            defer { inputs = [] }
            return inputs
        }
        let now = self.store.now()
        return self.core.withLock { core in
            inputs.isEmpty ? core.handle(.tick, at: now) : inputs.flatMap { core.handle($0, at: now) }
        }
    }

    private func perform(_ action: LeaseAction, _ group: inout DiscardingTaskGroup) {
        switch action {
        case .acquire(let request, let holder):
            group.addTask {
                self.feed(.answered(request: request, await self.acquire(holder)))
            }
        case .release(let request, let holder):
            group.addTask {
                let command = StateCommand.deleteIfEqual(key: self.key.bytes, value: holder)
                let answer = try? await self.store.ask(command, timeout: self.configuration.terms.attemptTimeout)
                self.feed(.answered(request: request, answer == nil ? .failed : .released))
            }
        case .tell(let tidings): self.hear(tidings)
        }
    }

    private func acquire(_ holder: [UInt8]) async -> LeaseAnswer {
        let lifetime = try? StateStoreClient.lifetime(self.configuration.duration)
        let command = StateCommand.set(
            key: self.key.bytes,
            value: holder,
            condition: .absentOrEqual,
            lifetime: lifetime
        )
        do throws(StateStoreError) {
            let timeout = self.configuration.terms.attemptTimeout
            let answer = try await self.store.ask(command, persist: self.configuration.persist, timeout: timeout)
            switch answer.value {
            case .simple:
                // A grant without a token guards nothing.
                guard let version = answer.version else { return .refused }
                return .granted(version)
            case .integer(-1), .null: return .heldByAnother
            default: return .failed
            }
        } catch {
            self.store.logger.debug(
                "a lease could not be asked for",
                metadata: ["key": "\(self.key)", "reason": "\(error)"]
            )
            self.standing.update { $0.error = error }
            if self.store.client.hasEnded {
                self.standing.update { $0.isRefused = true }
                self.feed(.release)
            }
            return error.isTransient || error.code == .cancelled ? .failed : .refused
        }
    }

    private func hear(_ tidings: LeaseTidings) {
        let holder = self.core.withLock { $0.holder }
        self.standing.update { standing in
            switch tidings {
            case .held: standing.holder = holder
            case .renewed: break
            case .resigned: standing.holder = nil
            case .lost(let loss):
                if let holder = standing.holder { standing.lost = (holder, loss) }
                standing.holder = nil
            case .heldByAnother: standing.isHeldByAnother = true
            case .refused: standing.isRefused = true
            case .ended:
                standing.holder = nil
                standing.isEnded = true
            }
        }
        if case .lost(let loss) = tidings {
            self.store.logger.warning("a lease was lost", metadata: ["key": "\(self.key)", "reason": "\(loss)"])
        }
    }

    /// Sees who holds the key, so that whoever waits need not ask again and again.
    private func watch() async {
        while !Task.isCancelled, !self.store.client.hasEnded {
            do {
                for try await change in self.store.watch(self.key) {
                    self.standing.update { $0.seen = change.value }
                    self.feed(.observed(holder: change.value, version: change.version))
                }
            } catch {
                // The candidate asks from time to time all the same.
                self.store.logger.debug("a lease can not be watched", metadata: ["reason": "\(error)"])
                return
            }
        }
    }
}
