import BrokerEngine
import Journal
import Logging
import MQTTTransport
import NIOCore

/// What turns an engine into a server, on one event loop: collects what a tick of the loop brought, ends the turn, flushes once a connection.
///
/// All of it runs on its loop; what comes from elsewhere (a page that is durable) is brought there.
final class BrokerShell: ServerConnectionOwner {
    let loop: any EventLoop
    private let cell: EngineCell
    var engine: BrokerEngine {
        @inline(__always) _read { yield cell.engine }
        @inline(__always) _modify { yield &cell.engine }
    }
    let journal: (any Journal)?
    let clock: any BrokerClock
    let logger: Logger
    var limits: BrokerShellLimits
    let metrics = BrokerMetrics()
    /// Told once, when the broker cannot go on.
    let failed: @Sendable (BrokerError) -> Void

    /// The doors through which connections come, by the number that their origin names.
    var listeners: [OpenListener] = []
    /// How clients of each listener prove who they are, in the order of the listeners; nil for not at all.
    var authentications: [RunningAuthentication?] = []
    /// The clients whose proof is being checked.
    let desk = AuthenticationDesk()
    /// What is written of refusals.
    var refusals: RefusalLog
    /// When the proofs end of those connections whose proof does, in milliseconds since 1970, by the index of their handle.
    var proofEnds: [Int32: Int64] = [:]
    /// The first of ``proofEnds``, or earlier.
    var nextProofEnd = Int64.max
    /// The connections by the index of their handle.
    var connections: [TransportConnection?] = []
    /// The networks that the connections come from, by the same index.
    var networks: [PeerNetwork?] = []
    /// How fast connections may come.
    var throttle: ConnectionThrottle
    var isTurnScheduled = false
    var isStopped = false
    private(set) var isReadingPaused = false
    var reportedRefusing = false
    /// What wakes the shell before the next tick, and when.
    private var alarm: (task: Scheduled<Void>, due: EngineTime)?
    /// Told that the loop turns.
    let health: BrokerHealth
    /// What was found in the journal at the start; nil without a journal.
    var recovery: RecoverySummary?
    /// Operators who wait until what they did is durable: the page, and what is called with whether it is.
    var waitingForPages: [(page: UInt64, done: (Bool) -> Void)] = []
    /// Called when nothing is on its way to the journal any more; set while stopping.
    var whenSettled: (() -> Void)?

    init(
        loop: any EventLoop,
        engine: consuming BrokerEngine,
        journal: (any Journal)?,
        clock: any BrokerClock,
        limits: BrokerShellLimits,
        logger: Logger,
        health: BrokerHealth = BrokerHealth(),
        failed: @escaping @Sendable (BrokerError) -> Void
    ) {
        self.health = health
        self.loop = loop
        cell = EngineCell(engine)
        self.journal = journal
        self.clock = clock
        self.limits = limits
        throttle = ConnectionThrottle(limits.connections)
        self.logger = logger
        self.failed = failed
        refusals = RefusalLog(logger: logger, limits: BrokerAuthenticationLimits())
    }

    // MARK: What happens on connections

    func connectionOpened(_ connection: TransportConnection) -> Int32? {
        let network = connection.origin.peer.flatMap(PeerNetwork.init)
        guard !isStopped, throttle.admits(network, at: clock.now) else { return nil }
        let authenticates = connection.origin.listener.map { listeners[$0].authenticates } ?? false
        guard let handle = engine.open(at: clock.now, authenticating: authenticates) else {
            throttle.forget(network, at: clock.now)
            return nil
        }
        let index = Int(handle.index)
        while connections.count <= index {
            connections.append(nil)
            networks.append(nil)
        }
        connections[index] = connection
        networks[index] = network
        return handle.index
    }

    func connectionReceived(_ bytes: Span<UInt8>, on index: Int32) -> Int {
        guard !isStopped else { return bytes.count }
        scheduleTurn()
        let handle = ConnectionHandle(index)
        let taken = engine.receive(bytes, on: handle, at: clock.now)
        if engine.isPaused(handle) { connections[Int(index)]?.isThrottled = true }
        return taken
    }

    func connectionWritabilityChanged(_ isWritable: Bool, on index: Int32) {
        guard !isStopped else { return }
        let handle = ConnectionHandle(index)
        engine.setWritable(isWritable, on: handle, at: clock.now)
        if isWritable {
            flush(handle)
            scheduleTurn()
        }
    }

    func connectionClosed(_ index: Int32) {
        // A shell that has stopped knows of none any more; TLS takes its time to say good-bye.
        guard connections.indices.contains(Int(index)) else { return }
        connections[Int(index)] = nil
        throttle.forget(networks[Int(index)], at: clock.now)
        networks[Int(index)] = nil
        forgetAuthentication(of: ConnectionHandle(index))
        guard !isStopped else { return }
        engine.close(ConnectionHandle(index), at: clock.now)
        scheduleTurn()
    }

    // MARK: The turn

    /// Ends the turn when everything that is readable in this tick of the loop was read.
    func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        // Safe because everything here runs on the loop.
        loop.assumeIsolated().execute { self.turn() }
    }

    func turn() {
        isTurnScheduled = false
        guard !isStopped else { return }
        if engine.nextResume != .never { resumeThrottled() }
        engine.endTurn(at: clock.now)
        // Before the connections are flushed: one that is refused is gone behind that, and with it where it came from.
        writeRefusals()
        let dirty = engine.takeDirty()
        for handle in dirty { flush(handle) }
        engine.recycle(consume dirty)
        takeAuthenticationRequests()
        // What was just taken may have made room for what waits.
        if engine.wantsTurn { scheduleTurn() }
        if journal != nil { appendPage() }
        if engine.openPageBytes > limits.unwrittenJournalBytes, !isReadingPaused { isReadingPaused = true }
        setAlarm()
    }

    /// Wakes up in time for a key that ends or a delivery that comes again before the next tick.
    private func setAlarm() {
        let due = min(engine.nextDue, engine.nextResume)
        guard due != .never, due < alarm?.due ?? .never else { return }
        let left = TimeAmount.milliseconds(max(1, due.milliseconds - clock.now.milliseconds))
        guard left < limits.tickInterval else { return }
        alarm?.task.cancel()
        // Safe because everything here runs on the loop.
        let task = loop.assumeIsolated().scheduleTask(in: left) { [weak self] in
            self?.alarm = nil
            self?.turn()
        }
        alarm = (task, due)
    }

    private func flush(_ handle: ConnectionHandle) {
        guard let connection = connections[Int(handle.index)] else { return }
        guard connection.isWritable else {
            // Nothing more is piled up on the channel; and a peer that only talks and never listens is not listened to either.
            engine.setWritable(false, on: handle, at: clock.now)
            if engine.outputBytes(of: handle) > limits.unreadOutputBytes { connection.isReadingPaused = true }
            let isClosing = engine.isClosing(handle)
            if isClosing {
                connection.close(after: engine.takeOutput(of: handle).bytes, deadline: limits.closeDeadline)
            }
            return
        }
        let (bytes, closes) = engine.takeOutput(of: handle)
        if closes {
            connection.close(after: bytes, deadline: limits.closeDeadline)
            return
        }
        if bytes.readableBytes > 0 {
            connection.send(bytes)
            // Given away, not copied: of a buffer that somebody else holds, clearing it makes a new one.
            engine.recycle(consume bytes)
        }
        if connection.isReadingPaused {
            connection.isReadingPaused = false
            connection.resumeReading()
        }
    }

    /// Goes on with clients that were not read from because of their rate, and may be again.
    private func resumeThrottled() {
        for handle in engine.takeResumed(at: clock.now) {
            guard let connection = connections[Int(handle.index)] else { continue }
            connection.isThrottled = false
            connection.presentAgain()
            connection.resumeReading()
        }
    }

    // MARK: Time

    /// About once a second.
    func tick() {
        guard !isStopped else { return }
        checkSpace()
        health.beat(isRefusing: engine.isRefusing)
        engine.tick(at: clock.now)
        endOldProofs()
        refusals.tick(at: clock.now)
        metrics.record(engine.statistics, journal: engine.journalBytes)
        turn()
    }

    /// Reading goes on once the journal has caught up.
    func resumeReadingIfPossible() {
        guard isReadingPaused, engine.openPageBytes < limits.unwrittenJournalBytes / 2 else { return }
        isReadingPaused = false
        for connection in connections { connection?.resumeReading() }
    }
}
