import CoreMetrics
import Logging
import MQTTClient
import SQLiteCheckpoint
import StateStore
import StateStoreClient
import Synchronization

/// A worker's state at level A: what it knows of it, and how its commits get to the broker.
///
/// Reads come from memory, then from the checkpoint, where that is believed to be current, and else from the store. The
/// truth is what the store has: a commit names the version of each key that its run saw, and is refused if one has changed.
final class StateLedger: Sendable {
    /// What bounds a ledger.
    enum Limits {
        /// How many pages of changes are read after a connection was made; past it, keys are asked for one by one.
        static let synchronisingPages = 8192
        /// After how many of them the checkpoint is given the time to write them.
        static let pagesBeforeWriting = 16
        /// How the waits grow while the store does not answer.
        static let backoff = RetryPolicy(base: .milliseconds(100), cap: .seconds(5))
    }

    /// Why the store is to be looked at.
    enum Signal: Sendable {
        case connected, lostIncarnation, gap
    }

    let port: any StatePort
    let root: String
    let cache: StateCache
    let checkpoint: SQLiteCheckpoint?
    let turns: KeyTurns
    let attachment = Attachment()
    let reads: BatchQueue<Known, StateStoreNewer>
    let commits: BatchQueue<CommitRequest, CommitOutcome>
    let time: WorkerTime
    let randomness: @Sendable () -> Double
    let logger: Logger
    let metrics: StateMetrics
    /// The messages whose publishes have arrived (level B).
    let finished = FinishedMessages()
    /// Whether the store has Martlet's extension.
    let isExtended = Atomic(false)
    private let hasWarned = Atomic(false)
    let signals: AsyncStream<Signal>
    /// The incarnation of the store that was found last, where there is no checkpoint to keep it.
    let lastIncarnation = Mutex<[UInt8]?>(nil)
    /// What this replica is called among those that share the state.
    let replica: String
    /// How long the seeding of a lost store waits for replicas that are known and do not come.
    let seedingPatience: Duration
    /// How long a commit for which the broker has no room is tried before its attempt has failed.
    let quotaPatience: Duration
    /// The replicas that are known; `nil` until somebody asks.
    let knownNames = Mutex<Set<String>?>(nil)
    private let signal: AsyncStream<Signal>.Continuation

    /// A key, and which version of it is known.
    struct Known: Sendable {
        var key: StateStoreKey
        var version: StateStoreVersion?
    }

    /// Makes a ledger; ``follow()`` lets it work.
    ///
    /// - Parameters:
    ///   - port: The store.
    ///   - root: What the names of all keys begin with.
    ///   - replica: What this replica is called among those that share the state.
    ///   - seedingPatience: How long the seeding of a lost store waits for replicas that do not come.
    ///   - quotaPatience: How long a commit for which there is no room is tried.
    ///   - memoryBytes: About how much it holds in memory.
    ///   - checkpoint: What it knows from earlier; `nil` to know nothing.
    ///   - time: The clock.
    ///   - randomness: Numbers from 0 up to 1.
    ///   - metrics: Where it counts.
    ///   - logger: Where it logs.
    init(
        port: any StatePort,
        root: String,
        replica: String,
        seedingPatience: Duration,
        quotaPatience: Duration,
        memoryBytes: Int,
        checkpoint: SQLiteCheckpoint?,
        time: WorkerTime,
        randomness: @escaping @Sendable () -> Double,
        metrics: StateMetrics,
        logger: Logger
    ) {
        self.port = port
        self.root = root
        self.replica = replica
        self.seedingPatience = seedingPatience
        self.quotaPatience = quotaPatience
        self.cache = StateCache(maximumBytes: memoryBytes)
        self.checkpoint = checkpoint
        self.turns = KeyTurns(time: time)
        self.time = time
        self.randomness = randomness
        self.metrics = metrics
        self.logger = logger
        (self.signals, self.signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.reads = BatchQueue { try await Self.reading($0, port) }
        self.commits = BatchQueue { commits in
            metrics.commitBatch.record(commits.count)
            return try await Self.sending(commits, port)
        }
    }

    /// The key in the store.
    ///
    /// - Parameter key: The key without the root.
    /// - Returns: The whole key.
    func storeKey(_ key: String) -> StateStoreKey { StateStoreKey("\(root)/\(key)") }

    /// The key without the root; `nil` for one of somebody else's.
    func localKey(_ key: [UInt8]) -> String? {
        let prefix = Array("\(root)/".utf8)
        guard key.starts(with: prefix) else { return nil }
        return String(validating: key.dropFirst(prefix.count), as: UTF8.self)
    }

    // MARK: Connections

    /// The connection is there: the store is looked at.
    func connected() {
        signal.yield(.connected)
    }

    /// The connection is lost: nobody knows what became of what was on its way.
    func disconnected() {
        cache.disconnected()
        attachment.close()
        commits.lose()
        reads.lose()
    }

    /// A commit found another incarnation of the store than it expected.
    ///
    /// - Parameter stale: The one that it expected.
    func lostIncarnation(_ stale: StoreIncarnation) {
        attachment.close(stale)
        signal.yield(.lostIncarnation)
    }

    /// Changes may have been missed.
    func missedChanges() {
        signal.yield(.gap)
    }

    /// Ends it: nothing is committed or noted any more.
    func close() {
        signal.finish()
        commits.close()
        reads.close()
        checkpoint?.close()
    }

    /// Ends it as the death of the process would.
    func abandon() {
        checkpoint?.abandon()
        close()
    }

    /// Counts a message that changes the state and has no identifier (level B), and says so once.
    func noteUnidentified() {
        metrics.unidentified.increment()
        guard !hasWarned.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            "Messages have no identifier: they are handled at level C, and a message that comes twice is applied twice",
            metadata: ["give": "the user property martlet-id, or name another with --message-id"]
        )
    }

    // MARK: Reading

    /// Reads a key for a run.
    ///
    /// - Parameters:
    ///   - key: The key without the root.
    ///   - run: The run, which may have to wait for others that touch the key.
    /// - Returns: What stands there, as far as is known.
    /// - Throws: ``WorkerError`` when the store does not answer, or has something foreign.
    func read(_ key: String, run: UInt64) async throws -> StoredState {
        guard await attachment.wait() != nil else { throw CancellationError() }
        await turns.take(key, by: run)
        var known: StoredState?
        switch cache.lookUp(key) {
        case .current(let stored) where !isOver(stored):
            metrics.memoryReads.increment()
            return stored
        case .current(let stored), .old(let stored): known = stored
        case .unknown: known = readCheckpoint(key)
        }
        if let known, known.version != nil, cache.isSynchronised, case .current = cache.lookUp(key), !isOver(known) {
            metrics.checkpointReads.increment()
            return known
        }
        metrics.storeReads.increment()
        return try await ask(key, known)
    }

    private func isOver(_ stored: StoredState) -> Bool {
        stored.envelope?.expiresAt.map { $0 <= time.wallMilliseconds } ?? false
    }

    private func readCheckpoint(_ key: String) -> StoredState? {
        guard let row = checkpoint?.row(storeKey(key).bytes),
            let envelope = try? StateEnvelope(row.value, key: key)
        else { return nil }
        let stored = StoredState(version: StateStoreVersion(row.version), envelope: envelope)
        cache.put(key, stored, connection: .max)
        return stored
    }

    private func ask(_ key: String, _ known: StoredState?) async throws -> StoredState {
        let connection = cache.connection
        let question = Known(key: storeKey(key), version: known?.version)
        let answer: StateStoreNewer
        switch await reads.ask(question, size: key.utf8.count + 96) {
        case .success(let found): answer = found
        case .failure(.cancelled): throw CancellationError()
        case .failure(.lost): throw WorkerError(.stateUnavailable, "the connection was lost")
        case .failure(.failed(let error)):
            throw WorkerError(.stateUnavailable, "the state store did not answer for '\(key)'", cause: error)
        }
        switch answer {
        case .unchanged:
            guard let known else { return .absent }
            cache.put(key, known, connection: connection)
            return known
        case .absent:
            cache.put(key, .absent, connection: connection)
            if known?.version != nil { checkpoint?.note(.forget(question.key.bytes)) }
            return .absent
        case .entry(let entry):
            let stored = StoredState(version: entry.version, envelope: try StateEnvelope(entry.value, key: key))
            cache.put(key, stored, connection: connection)
            checkpoint?.note(.put(CheckpointRow(question.key, entry)))
            return stored
        }
    }
}
