import BrokerAccess
import Journal
import MQTTPackets
import NIOCore
import StateStore

/// The sorting room of the broker: everything that is decided about sessions, subscriptions and messages is decided here.
///
/// One value, used by one owner. Bytes of a connection and the time go in; bytes for connections, and pages of facts for the
/// journal, come out. It has no task, file, clock or randomness of its own, so that a run can be repeated from a seed.
///
/// The shell drives it in turns:
/// 1. ``open(at:authenticating:)``, ``receive(_:on:at:)``, ``close(_:at:)``, ``setWritable(_:on:at:)`` for what happened,
/// 2. ``endTurn(at:)``: deliveries are chosen and written,
/// 3. ``takeDirty()`` and ``takeOutput(of:)``: one flush a connection,
/// 4. ``takePage()``: the facts of the turn, when the journal is idle; then ``pageIsDurable(_:)`` or ``pageFailed(_:full:)``.
///
/// Beside the turns it asks who a client is: ``takeAuthenticationRequests()`` after a turn, and ``authenticated(_:number:_:at:)`` whenever
/// somebody knows. ``setAccess(_:at:)`` gives it the rules of who may do what, and ``takeRefusals()`` says what they refused.
///
/// After a start, ``recover(_:)`` folds the pages of the journal, in order, before the first turn.
///
/// The parts: `+Receive` (framing and dispatch), `+Connect`, `+Disconnect`, `+Publish` (routing), `+Deliver` (pumping queues into
/// connections), `+Acknowledge`, `+Received`, `+Handshake` and `+Pinning` (QoS 2), `+Authentication`, `+Access`, `+Subscribe`, `+Retained`,
/// `+Turn`, `+Tick` (time), `+Facts` (writing), `+Recovery` (reading), `+Cleaning` (moving old facts to the tail), `+Refusal` (a journal
/// that is full); in `Inspection` what an operator asks and does.
///
/// What is asked for each message, page or turn is `mutating` even where it changes nothing: Swift 6.3 makes a copy of all 2.6 KB of the
/// engine for each call of a function that only borrows it, unless it is inlined (docs/decisions/0023).
package struct BrokerEngine: ~Copyable {
    /// What the engine was told at its start.
    package internal(set) var configuration: EngineConfiguration
    /// The time of the event being handled.
    package internal(set) var now = EngineTime(milliseconds: 0)
    /// What was counted.
    package internal(set) var statistics = EngineStatistics()

    var connections: [Connection] = []
    var freeConnections: [Int32] = []
    var sessions: [Session] = []
    var freeSessions: [Int32] = []
    var sessionByClient: [[UInt8]: Int32] = [:]

    var sessionByID: [UInt64: Int32] = [:]
    /// The page that says that the session of a client is over, until it is durable: no CONNACK may deny a session that a crash brings back.
    ///
    /// No more than the sessions on pages that are not durable yet.
    var sessionEndedOn: [[UInt8]: UInt64] = [:]

    var messages = MessageStore()
    var filters: TopicTree
    var filterValues: [FilterValue] = []
    var subscriptions: [Subscription] = []
    var freeSubscriptions: [Int32] = []
    var groups: [SharedGroup] = []
    var freeGroups: [Int32] = []
    var groupByName: [[UInt8]: Int32] = [:]
    var groupByID: [UInt64: Int32] = [:]
    var retainedTopics: TopicTree
    /// The retained message of each node of ``retainedTopics``; negative for none.
    var retainedMessages: [Int32] = []
    /// Who published them, beside ``retainedMessages``: the hash of a client identifier, 0 for nobody.
    var retainedPublishers: [UInt64] = []
    var identifierSets = IdentifierSets()
    var cache: MatchCache
    /// Grows with each change of a subscription; see ``MatchCache``.
    var generation: UInt64 = 1

    /// The rules of who may do what; nil for none.
    var policy: AccessPolicy?
    /// What is being proven, or may be proven again, by the index of the connection.
    var exchanges: [Int32: AuthenticationExchange] = [:]
    /// How many of them have a CONNECT that waits.
    var parkedConnects = 0
    /// Requests that the shell has not taken yet.
    var authenticationRequests: [(ConnectionHandle, AuthenticationRequest)] = []
    var nextAuthenticationNumber: UInt64 = 1
    /// Who the clients of sessions are that proved it, by the index of the session.
    var principals: [Int32: Principal] = [:]
    /// What was refused and the shell has not taken yet.
    var refusals: [AccessRefusal] = []

    /// The state store.
    var state: StateStore
    /// The newest page with a change of the state.
    var stateChangedOn: UInt64 = 0
    /// The newest page on which a key was removed.
    var stateRemovedOn: UInt64 = 0
    /// What waits for a page before it leaves.
    var outbox = Outbox()
    /// Messages of commits that nobody may see yet, in order of their pages.
    var heldMessages: [HeldMessage] = []
    /// Copies of QoS 0 of such messages for groups.
    var heldCopies: [HeldCopy] = []

    var log: FactLog
    var dirty: [ConnectionHandle] = []
    /// Emptied buffers for the next output.
    var spareOutputs: [ByteBuffer] = []
    var pendingSessions: [Int32] = []
    var pendingGroups: [Int32] = []
    var acknowledgingSessions: [Int32] = []
    var acknowledgingGroups: [Int32] = []
    /// Sessions and groups that go on when a page is durable.
    var pagePendingSessions: [Int32] = []
    var pagePendingGroups: [Int32] = []
    /// Deliveries of groups that ended in vain, counted where a member asked for delivery facts.
    var attempts: [AttemptKey: UInt32] = [:]
    /// Why they did, as far as their holders said so.
    var histories: [AttemptKey: AttemptHistory] = [:]
    /// Bytes of all that they said.
    var historyBytes = 0
    /// Deliveries that were handed back to come later.
    var delays = DelayQueue()
    /// What the packets of this read have cost beyond themselves: nodes of the trees that were looked at.
    var work = 0
    /// How much each connection may still send; empty where there is no rate.
    var throttles: [Int32: Throttle] = [:]
    /// Connections that are not read from, and when the first of them may be again.
    var pausedConnections: [Int32] = []
    var resumesAt = EngineTime.never
    /// Sessions of each user name.
    var sessionsByUser: [String: Int] = [:]
    /// Connections with answers held until a page is durable.
    var holders: [Int32] = []

    /// Slots of ended sessions that still stand in a list of this turn; free at its end.
    var endedSessions: [Int32] = []
    /// Slots of ended groups, likewise.
    var endedGroups: [Int32] = []

    var nextSequence: UInt64 = 1
    var nextSessionID: UInt64 = 1
    var nextGroupID: UInt64 = 1
    var nextAssignedClient: UInt64 = 1
    /// The newest `started` fact.
    var started = FactPlace()
    /// Messages below this sequence were read back: whether they were sent before nobody knows.
    var recoveredBelow: UInt64 = 0
    /// Used only between the first ``recover(_:)`` and ``finishRecovery(at:)``.
    var recovery: RecoveryState?

    // Scratch space of a commit and of an answer.
    var commitPlan = CommitPlan()
    var answerScratch: [UInt8] = []
    /// A PUBLISH with its topic in the place of its alias.
    var aliasScratch: [UInt8] = []

    // Scratch space of a publish, kept so that a message allocates nothing.
    var durableTargets: [DurableTarget] = []
    var durableGroups: [Int32] = []

    var isShuttingDown = false
    /// Where clients are sent.
    var redirection: Redirection?
    var startedAt = EngineTime(milliseconds: 0)
    var nextSystemReport = EngineTime(milliseconds: 0)
    /// How much there was a minute, kept with each `$SYS` report.
    var load = LoadAverages()
    /// Groups told of in the last `$SYS` report.
    var reportedGroups: Set<[UInt8]> = []
    var sweepPosition = 0
    /// Sessions that may end or have a will due while nobody is connected, looked at by the tick.
    var timedSessions: Set<Int32> = []

    /// How many sequences a start of the broker passes over, so that none is used twice though a crash lost it.
    static let sequencesPerStart: UInt64 = 1 << 40

    var limits: EngineLimits {
        @inline(__always) _read { yield configuration.limits }
    }

    /// Makes an engine without any session.
    package init(configuration: EngineConfiguration) {
        self.configuration = configuration
        redirection = configuration.redirection
        filters = TopicTree(seed: configuration.seed)
        retainedTopics = TopicTree(seed: configuration.seed &* 31 &+ 7)
        cache = MatchCache(seed: configuration.seed ^ 0x5DEE_CE66, size: configuration.limits.cachedTopics)
        var settings = StateStoreConfiguration()
        settings.keys = configuration.limits.stateKeys
        settings.bytes = configuration.limits.stateBytes
        settings.keyBytes = configuration.limits.stateKeyBytes
        settings.valueBytes = configuration.limits.stateValueBytes
        settings.memoryOnlyPrefixes = configuration.memoryOnlyStatePrefixes
        settings.seed = configuration.seed &* 97 &+ 13
        state = StateStore(configuration: settings)
        log = FactLog(isOn: configuration.journaling)
        // Without a journal nothing says which sequences were used; the seed makes a collision unlikely.
        if !configuration.journaling {
            nextSequence += (EngineHash.mixed(configuration.seed) & 0xF_FFFF) &* Self.sequencesPerStart
        }
    }
}
