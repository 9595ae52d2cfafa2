package import BrokerEngine
package import Journal
public import Logging
import MQTTTransport
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// An MQTT 5 broker in this process: durable when it is given a directory.
///
/// ```swift
/// var configuration = BrokerConfiguration()
/// configuration.storage = .directory("data")
/// let broker = Broker(configuration: configuration, logger: logger)
/// try await broker.run()
/// ```
///
/// ``run()`` serves until the graceful shutdown of its service group, or until it is cancelled. Both stop the broker with its clients told
/// (0x8B) and its journal complete; a broker that is killed loses nothing it acknowledged either.
public final class Broker: Service, Sendable {
    /// How it is set up.
    public let configuration: BrokerConfiguration
    /// How it is, for any thread to look at.
    package let health = BrokerHealth()
    let logger: Logger
    private let clock: any BrokerClock
    private let makeJournal: @Sendable () throws -> (any Journal)?
    let state = Mutex(State())

    struct State {
        var phase = Phase.idle
        // Safe because it is opened only on the loop that is kept beside it.
        var shell: NIOLoopBound<BrokerShell>?
        var loop: (any EventLoop)?
        /// Where the connections live.
        var homes: BrokerHomes?
        var listeners: [OpenListener] = []
        var addresses: [BrokerListenerAddress]?
        var listening: [CheckedContinuation<[BrokerListenerAddress], any Error>] = []
        var stop: CheckedContinuation<Void, any Error>?
        var stopReason: Result<Void, any Error>?
        /// The rules and ways of authentication in force.
        var security: BrokerSecurity?
    }

    enum Phase {
        /// Next: `running`.
        case idle
        /// Next: `stopped`.
        case running
        case stopped
    }

    /// Makes a broker; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: How it is set up.
    ///   - logger: Where it logs.
    public convenience init(configuration: BrokerConfiguration = BrokerConfiguration(), logger: Logger) {
        self.init(configuration: configuration, logger: logger, clock: SystemBrokerClock()) {
            try openJournal(configuration)
        }
    }

    /// Makes a broker with a clock and a journal of the caller's.
    package init(
        configuration: BrokerConfiguration,
        logger: Logger,
        clock: any BrokerClock,
        journal: @escaping @Sendable () throws -> (any Journal)?
    ) {
        self.configuration = configuration
        self.logger = logger
        self.clock = clock
        self.makeJournal = journal
    }

    // MARK: Running

    /// Serves until it is stopped.
    ///
    /// - Throws: ``BrokerError`` when an address, a file or the data directory cannot be used, the data is damaged, or the journal fails later.
    public func run() async throws {
        try begin()
        let threads: BrokerLoops
        let doors: [OpenListener]
        do {
            doors = try makeListeners()
            threads = try BrokerLoops(for: doors, networkLoops: configuration.networkLoops)
        } catch {
            finish(error)
            throw error
        }
        let loop = threads.engine
        do {
            let channels = try await start(doors, on: threads)
            do {
                try await waitForStop()
            } catch {
                await close(channels, loop)
                throw error
            }
            await close(channels, loop)
        } catch {
            await end(threads, error)
            throw error
        }
        await end(threads, nil)
    }

    private func end(_ threads: BrokerLoops, _ error: (any Error)?) async {
        let (homes, shell) = state.withLock { ($0.homes, $0.shell) }
        // Also where a listener could not be opened: others may have taken connections.
        try? await threads.engine.submit {
            // Safe because it runs on the loop of the shell.
            shell?.value.stopNow()
            shell?.value.journal?.close()
        }.get()
        finish(error)
        await adopt(security: nil)
        await homes?.end(on: threads.engine)
        await threads.end()
    }

    private func begin() throws {
        try state.withLock { state in
            guard case .idle = state.phase else {
                throw BrokerError(.stopped, "This broker was started already; make another one.")
            }
            state.phase = .running
            state.loop = nil
        }
        health.enter(.recovering)
    }

    private func start(_ listeners: [OpenListener], on threads: BrokerLoops) async throws -> [ListeningSocket] {
        let loop = threads.engine
        let security = try await makeSecurity(configuration, for: listeners)
        await adopt(security: security)
        let failed: @Sendable (BrokerError) -> Void = { [weak self] error in self?.stop(.failure(error)) }
        let shell = try await loop.submit { [configuration, clock, logger, health, makeJournal] in
            let journal = try makeJournal()
            let shell = try BrokerShell.recover(
                configuration,
                journal: journal,
                clock: clock,
                logger: logger,
                loop: loop,
                health: health,
                failed: failed
            )
            shell.listeners = listeners
            shell.setSecurity(security)
            // Safe because this closure runs on that loop.
            return NIOLoopBound(shell, eventLoop: loop)
        }.get()
        state.withLock {
            $0.shell = shell
            $0.loop = loop
            $0.listeners = listeners
        }
        let homes = try await BrokerHomes(shell, on: threads)
        state.withLock { $0.homes = homes }
        let (channels, addresses) = try await listen(listeners, homes)
        health.enter(.listening)
        let waiting = state.withLock { state in
            state.addresses = addresses
            defer { state.listening = [] }
            return state.listening
        }
        for one in waiting { one.resume(returning: addresses) }
        return channels
    }

    private func waitForStop() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let reason = state.withLock { state in
                    if state.stopReason == nil { state.stop = continuation }
                    return state.stopReason
                }
                if let reason { continuation.resume(with: reason) }
            }
        } onCancelOrGracefulShutdown: {
            self.stop(.success(()))
        }
    }

    private func stop(_ reason: Result<Void, any Error>) {
        let continuation = state.withLock { state in
            if state.stopReason == nil { state.stopReason = reason }
            defer { state.stop = nil }
            return state.stop
        }
        continuation?.resume(with: reason)
    }

    private func close(_ channels: [ListeningSocket], _ loop: any EventLoop) async {
        health.enter(.stopping)
        guard let shell = state.withLock({ $0.shell }) else { return }
        await Self.close(channels)
        let promise = loop.makePromise(of: Void.self)
        let deadline = TimeAmount.nanoseconds(configuration.stopDeadline.components.seconds * 1_000_000_000)
        loop.execute {
            // Safe because it runs on the loop of the shell.
            let here = shell.value
            guard !here.isStopped else {
                promise.succeed()
                return
            }
            // Safe because this closure runs on that loop.
            let overdue = loop.assumeIsolated().scheduleTask(in: deadline) { here.stopNow() }
            here.shutDown {
                overdue.cancel()
                promise.succeed()
            }
        }
        try? await promise.futureResult.get()
    }

    private func finish(_ error: (any Error)?) {
        health.enter(.stopped)
        let waiting = state.withLock { state in
            state.phase = .stopped
            state.shell = nil
            state.homes = nil
            defer { state.listening = [] }
            return state.listening
        }
        for one in waiting { one.resume(throwing: error ?? BrokerError(.stopped, "The broker was stopped.")) }
    }

    // MARK: Security

    /// Reads the rules and the ways of authentication.
    ///
    /// - Parameters:
    ///   - configuration: What holds from now on.
    ///   - listeners: The listeners that are open, or about to be.
    /// - Returns: What was read.
    /// - Throws: ``BrokerError`` that says what is wrong.
    func makeSecurity(
        _ configuration: BrokerConfiguration,
        for listeners: [OpenListener]
    ) async throws(BrokerError) -> BrokerSecurity {
        let named = configuration.effectiveListeners
        let authentications = listeners.map { open -> BrokerAuthenticationConfiguration? in
            guard open.authenticates else { return nil }
            // Without authentication it would be open to everybody; that takes a restart.
            return named.first { $0.name == open.configuration.name }.flatMap(configuration.authentication)
                ?? self.configuration.authentication(of: open.configuration)
        }
        return try await BrokerSecurity(
            access: configuration.access,
            authentications: authentications,
            operators: self.configuration.operators.map { configuration.operators ?? $0 },
            clock: clock
        )
    }

    /// Keeps what is in force now, and ends what was before.
    func adopt(security: BrokerSecurity?) async {
        let old = state.withLock { state in
            let old = state.security
            state.security = security
            return old
        }
        await old?.shutDown()
    }

    // MARK: Doors

    /// Waits until the broker takes connections.
    ///
    /// - Returns: The port of its first listener that has one; 0 when there is none.
    /// - Throws: ``BrokerError`` when it could not start, or was stopped.
    public func waitUntilListening() async throws -> Int {
        try await listeningAddresses().lazy.compactMap(\.port).first ?? 0
    }

    /// Waits until the broker takes connections.
    ///
    /// - Returns: Where each of its listeners listens, in the order of the configuration.
    /// - Throws: ``BrokerError`` when it could not start, or was stopped.
    public func listeningAddresses() async throws -> [BrokerListenerAddress] {
        try await withCheckedThrowingContinuation { continuation in
            let result: Result<[BrokerListenerAddress], any Error>? = state.withLock { state in
                if let addresses = state.addresses, case .running = state.phase { return .success(addresses) }
                if case .stopped = state.phase { return .failure(BrokerError(.stopped, "The broker was stopped.")) }
                state.listening.append(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }

    /// The shell of a running broker and its loop.
    // Safe because the bound shell is opened on that loop only.
    var parts: (shell: NIOLoopBound<BrokerShell>, loop: any EventLoop)? {
        state.withLock { state in state.shell.flatMap { shell in state.loop.map { (shell, $0) } } }
    }

    /// The listeners of a running broker.
    var listeners: [OpenListener] { state.withLock { $0.listeners } }

    /// Serves a connected socket, such as one end of a `socketpair`.
    ///
    /// - Parameter descriptor: The socket; the broker closes it.
    /// - Throws: ``BrokerError`` when the broker does not run, or what taking the socket over threw.
    public func adopt(socket descriptor: CInt) async throws {
        _ = try await waitUntilListening()
        guard let home = state.withLock({ $0.homes?.plain.first }), parts != nil else {
            throw BrokerError(.stopped, "The broker was stopped.")
        }
        #if os(Linux)
        if let sockets = home.loop as? SocketLoop {
            do {
                try await sockets.submit { try SocketConnection.adopt(descriptor, on: sockets, owner: home.owner) }
                    .get()
            } catch EventLoopError.shutdown {
                SocketConnection.discard(descriptor)
                throw BrokerError(.stopped, "The broker was stopped.")
            }
            return
        }
        #endif
        _ = try await ServerListener.adopt(descriptor: descriptor, on: home.loop) {
            ServerConnection(owner: home.owner)
        }
    }

    /// Stops as kill -9 would: nobody is told, and what is not durable is lost.
    ///
    /// ``run()`` throws.
    package func crash() async {
        let (shell, loop) = state.withLock { ($0.shell, $0.loop) }
        if let shell, let loop {
            try? await loop.submit {
                // Safe because it runs on the loop of the shell.
                shell.value.stopNow()
            }.get()
        }
        stop(.failure(BrokerError(.stopped, "The broker was crashed by a test.")))
    }

    /// Lets the broker look at the time now, after a test moved its clock.
    package func tick() async throws {
        let (shell, loop) = state.withLock { ($0.shell, $0.loop) }
        guard let shell, let loop else { return }
        // Safe because it runs on the loop of the shell.
        try await loop.submit { shell.value.tick() }.get()
    }

    /// Does something with the shell, on its loop.
    ///
    /// - Parameters:
    ///   - deadline: How long an answer may take.
    ///   - body: What to do; it keeps the promise, then or later.
    /// - Returns: What the promise was kept with.
    /// - Throws: ``BrokerError`` when the broker does not run, or its loop does not answer in time; what the promise failed with.
    func onLoop<Answer: Sendable>(
        within deadline: TimeAmount,
        _ body: @escaping @Sendable (BrokerShell, EventLoopPromise<Answer>) -> Void
    ) async throws -> Answer {
        let (shell, loop, phase) = state.withLock { ($0.shell, $0.loop, $0.phase) }
        guard let shell, let loop, case .running = phase else {
            throw BrokerError(.stopped, "The broker does not run.")
        }
        // Another loop keeps the deadline: the broker's own may be what does not turn.
        let other = MultiThreadedEventLoopGroup.singleton.next()
        let promise = other.makePromise(of: Answer.self)
        let overdue = other.scheduleTask(in: deadline) {
            promise.fail(
                BrokerError(.busy, "The broker did not answer within \(deadline.nanoseconds / 1_000_000_000) s.")
            )
        }
        loop.execute {
            // Safe because it runs on the loop of the shell.
            let here = shell.value
            guard !here.isStopped else {
                promise.fail(BrokerError(.stopped, "The broker was stopped."))
                return
            }
            body(here, promise)
        }
        defer { overdue.cancel() }
        return try await promise.futureResult.get()
    }

    /// What the engine counted so far.
    package func statistics() async throws -> EngineStatistics {
        let (shell, loop) = state.withLock { ($0.shell, $0.loop) }
        guard let shell, let loop else { throw BrokerError(.stopped, "The broker does not run.") }
        // Safe because it runs on the loop of the shell.
        return try await loop.submit { shell.value.engine.statistics }.get()
    }
}
