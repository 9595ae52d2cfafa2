import BrokerEngine
import Glibc
import Journal
public import Logging
public import MQTTClient
public import MartletBroker
import NIOCore
import Synchronization

/// A broker in the process of the test, that can be killed and started again.
///
/// What it must not lose is kept in memory, across ``crash(at:)`` and ``restart()``, exactly as a directory would keep it. It
/// needs no port: clients reach it through ``endpoint``, over a pair of connected sockets.
///
/// ```swift
/// try await TestBroker.withBroker { broker in
///     var configuration = WorkerConfiguration(name: "orders")
///     configuration.broker = .connector(broker.connect)
///     …
///     await broker.crash(at: .afterPageIsDurable)
///     try await broker.restart()
/// }
/// ```
public final class TestBroker: Sendable {
    /// How clients reach it.
    public enum Listening: Sendable {
        /// Not by a port: only through ``TestBroker/endpoint``.
        case withoutPorts
        /// On a free port of the loopback address as well.
        case loopback
    }

    private struct State {
        var broker: Broker?
        var journal: CrashableJournal
        var running: Task<Void, any Error>?
        var port: Int?
    }

    private let listening: Listening
    private let limits: BrokerLimits
    private let logger: Logger
    private let clock: TestClock?
    private let state: Mutex<State>

    /// Makes a broker; ``start()`` starts it.
    ///
    /// - Parameters:
    ///   - listening: How clients reach it.
    ///   - limits: What they may use.
    ///   - clock: Its time, moved by the test with ``advance(by:)``; nil for the machine's.
    ///   - logger: Where it logs; nowhere by default.
    public init(
        listening: Listening = .withoutPorts,
        limits: BrokerLimits = BrokerLimits(),
        clock: TestClock? = nil,
        logger: Logger = Logger(label: "martlet.testing", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.listening = listening
        self.limits = limits
        self.clock = clock
        self.logger = logger
        state = Mutex(State(journal: CrashableJournal(InMemoryJournal())))
    }

    /// Runs a closure with a broker, which is stopped behind it.
    ///
    /// - Parameters:
    ///   - listening: How clients reach it.
    ///   - limits: What they may use.
    ///   - clock: Its time, moved by the test; nil for the machine's.
    ///   - body: What to do with it.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws, or why the broker could not start.
    public static func withBroker<Result: Sendable>(
        listening: Listening = .withoutPorts,
        limits: BrokerLimits = BrokerLimits(),
        clock: TestClock? = nil,
        _ body: @Sendable (TestBroker) async throws -> Result
    ) async throws -> Result {
        let broker = TestBroker(listening: listening, limits: limits, clock: clock)
        try await broker.start()
        do {
            let result = try await body(broker)
            await broker.stop()
            return result
        } catch {
            await broker.stop()
            throw error
        }
    }

    // MARK: Life

    /// Starts the broker, with what an earlier life of it kept.
    ///
    /// - Throws: ``BrokerError`` when it cannot start.
    public func start() async throws {
        var configuration = BrokerConfiguration()
        configuration.limits = limits
        let fixedPort = state.withLock { $0.port }
        configuration.port = listening == .loopback ? fixedPort ?? 0 : nil
        if clock != nil { configuration.systemTopicInterval = .zero }
        let journal = state.withLock { $0.journal }
        let brokerClock: any BrokerClock = clock.map { TestBrokerClock(clock: $0) } ?? SystemBrokerClock()
        let broker = Broker(configuration: configuration, logger: logger, clock: brokerClock) { journal }
        let running = Task { try await broker.run() }
        let port = try await broker.waitUntilListening()
        state.withLock { state in
            state.broker = broker
            state.running = running
            if port != 0 { state.port = port }
        }
    }

    /// Starts it again after ``crash(at:)`` or ``stop()``.
    ///
    /// - Throws: ``BrokerError`` when it cannot start.
    public func restart() async throws {
        try await start()
    }

    /// Kills it, as kill -9 would: what is not durable at that instant is lost, and nobody is told.
    ///
    /// Clients see their connections close. Returns when it is dead: for a point other than `now`, when the broker has come to it.
    ///
    /// - Parameter point: The instant.
    public func crash(at point: BrokerCrashPoint = .now) async {
        let (broker, journal) = state.withLock { ($0.broker, $0.journal) }
        if point != .now {
            journal.arm(point)
            await journal.reached()
        }
        await broker?.crash()
        await end()
    }

    /// Stops it gracefully: clients are told, and everything decided is durable.
    public func stop() async {
        let running = state.withLock { $0.running }
        running?.cancel()
        await end()
    }

    private func end() async {
        let running = state.withLock { $0.running }
        _ = await running?.result
        state.withLock { state in
            state.broker = nil
            state.running = nil
            state.journal = state.journal.restart()
        }
    }

    // MARK: Doors

    /// How a client reaches it; while the broker is dead connecting fails, as it does in life.
    public var endpoint: MQTTEndpoint {
        .connector { [self] in try await connect() }
    }

    /// Opens a connection to it.
    ///
    /// - Returns: The caller's end of a pair of connected sockets.
    /// - Throws: ``BrokerError`` while the broker is dead, or when there are no sockets left.
    public func connect() async throws -> CInt {
        guard let broker = state.withLock({ $0.broker }) else {
            throw BrokerError(.stopped, "The TestBroker does not run: it was crashed or stopped.")
        }
        var ends: [CInt] = [0, 0]
        // Safe because the array has the two places that the call fills in.
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw BrokerError(.bind, "A pair of sockets could not be made (errno \(errno)).")
        }
        do {
            try await broker.adopt(socket: ends[1])
            return ends[0]
        } catch {
            close(ends[0])
            throw error
        }
    }

    /// The port on the loopback address, when it listens on one; the same after a restart.
    public var port: Int? { state.withLock { $0.port } }

    /// The broker of the present life; nil while it is dead.
    package var present: Broker? { state.withLock { $0.broker } }

    /// Moves its clock, and lets it see to what has become due: expiry, wills, keep-alive.
    ///
    /// - Parameter duration: How far.
    /// - Throws: When the broker was made without a clock of the test's, or does not run.
    public func advance(by duration: Duration) async throws {
        guard let clock else {
            throw BrokerError(
                .configuration,
                "This TestBroker has the machine's time; make it with clock: TestClock()."
            )
        }
        clock.advance(by: duration)
        try await state.withLock { $0.broker }?.tick()
    }
}
