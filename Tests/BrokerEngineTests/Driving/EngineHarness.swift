import BrokerEngine
import Journal

/// An engine with fake connections, a clock moved by hand and a journal that is an array of pages.
///
/// It does what the shell does, one turn after each thing that happens, so that a test reads like a conversation:
///
/// ```swift
/// let harness = EngineHarness()
/// let reader = harness.connect("reader")
/// reader.subscribe("a/+", qos: .atLeastOnce)
/// let writer = harness.connect("writer")
/// writer.publish("a/b", "hello", qos: .atLeastOnce)
/// #expect(reader.takePublishes().map(\.topic) == ["a/b"])
/// ```
///
/// With ``holdsPages`` a page stays on its way until ``completePage()`` or ``failPage(isFull:)``; ``crash(keepingOutstanding:)`` gives
/// the broker that a restart finds.
final class EngineHarness {
    /// The engine under test.
    var engine: BrokerEngine
    /// What the engine was made with.
    let configuration: EngineConfiguration
    /// The time of everything that happens.
    var now: EngineTime

    /// The pages that are durable.
    var pages: [JournalPage] = []
    /// The page on its way.
    var outstanding: JournalPage?
    /// The pages below this one go with the page on its way.
    var dropBelow: UInt64 = 0
    /// Whether a page stays on its way until told.
    var holdsPages = false
    /// How many bytes of pages there is room for.
    var capacity = Int.max
    /// Whether a page that is read back stays on its way until ``completeRead()``.
    var holdsReads = false
    /// The page being read back.
    var wantedPage: UInt64?
    /// What the recovery said.
    private(set) var summary: RecoverySummary?

    /// The connections, by the index of their handle.
    private(set) var peers: [Int32: Peer] = [:]
    private var closed: [Peer] = []
    /// Told of a page when it is taken from the engine, which is when its facts are complete.
    var pageTaken: (UInt64) -> Void = { _ in }
    /// Told of the end of each turn of the engine.
    var turnEnded: () -> Void = {}
    /// Told of a page that there is no room for, before the engine is.
    var pageFailing: (UInt64) -> Void = { _ in }
    /// Whether every packet ends its turn; false for a test that puts several into one.
    var endsTurns = true

    /// Starts a broker.
    ///
    /// - Parameters:
    ///   - journaling: Whether it keeps a journal.
    ///   - pages: What the journal holds already.
    ///   - now: The time.
    ///   - seed: The engine's seed.
    ///   - configure: Changes the configuration.
    init(
        journaling: Bool = true,
        pages: [JournalPage] = [],
        now: EngineTime = EngineTime(milliseconds: 1_000_000),
        seed: UInt64 = 1,
        configure: (inout EngineConfiguration) -> Void = { _ in }
    ) {
        var configuration = EngineConfiguration(journaling: journaling, seed: seed)
        configuration.systemTopicInterval = 0
        // Few, so that a cached topic is often another's, and a check of the invariants is quick.
        configuration.limits.cachedTopics = 64
        configure(&configuration)
        self.configuration = configuration
        self.now = now
        self.pages = pages
        engine = BrokerEngine(configuration: configuration)
        if journaling {
            for page in pages { engine.recover(page) }
            summary = engine.finishRecovery(nextPage: (pages.last?.number ?? 0) + 1, at: now)
        }
        turn()
    }

    /// The process dies; peers are cut off.
    ///
    /// - Parameters:
    ///   - keepingOutstanding: Whether the page on its way had reached the disk.
    ///   - downtime: Milliseconds until the restart.
    /// - Returns: A harness over the same pages: the broker that a restart finds.
    func crash(keepingOutstanding: Bool = false, downtime: Int64 = 0) -> EngineHarness {
        if keepingOutstanding { storeOutstanding() }
        for peer in peers.values { peer.isClosed = true }
        peers = [:]
        return EngineHarness(
            journaling: configuration.journaling,
            pages: pages,
            now: EngineTime(milliseconds: now.milliseconds + downtime),
            seed: configuration.seed + 1
        ) {
            let seed = $0.seed
            $0 = configuration
            $0.seed = seed
        }
    }

    /// The connections that ended since the last call, in order.
    func takeClosed() -> [Peer] {
        defer { closed = [] }
        return closed
    }

    /// Lets go of the peers: they and the harness hold each other, so that somebody has to.
    func letGo() {
        peers = [:]
        closed = []
    }

    // MARK: Connections

    /// Opens a connection that has not sent CONNECT; nil when the engine takes no more.
    func open(_ name: String = "", authenticating: Bool = false) -> Peer? {
        guard let handle = engine.open(at: now, authenticating: authenticating) else { return nil }
        let peer = Peer(name: name, handle: handle, harness: self)
        peers[handle.index] = peer
        return peer
    }

    /// Bytes from a peer, which the engine may take in parts.
    func receive(_ peer: Peer) {
        guard !peer.isClosed else { return }
        let taken = engine.receive(peer.unsent.span, on: peer.handle, at: now)
        peer.unsent.removeFirst(taken)
        if endsTurns { turn() }
    }

    /// The network of a peer breaks.
    func cut(_ peer: Peer) {
        guard !peer.isClosed else { return }
        close(peer)
        if endsTurns { turn() }
    }

    private func close(_ peer: Peer) {
        peer.isClosed = true
        closed.append(peer)
        peers[peer.handle.index] = nil
        engine.close(peer.handle, at: now)
    }

    /// The socket of a peer takes more, or takes no more.
    func setWritable(_ isWritable: Bool, _ peer: Peer) {
        guard !peer.isClosed else { return }
        peer.isWritable = isWritable
        engine.setWritable(isWritable, on: peer.handle, at: now)
        if isWritable { flush(peer) }
        if endsTurns { turn() }
    }

    /// Time goes on by some seconds, with a tick at the end.
    func advance(seconds: Int64) { advance(milliseconds: seconds * 1_000) }

    /// Time goes on, with a tick at the end.
    func advance(milliseconds: Int64) {
        now = EngineTime(milliseconds: now.milliseconds + milliseconds)
        engine.tick(at: now)
        if endsTurns { turn() }
    }

    // MARK: The turn

    /// Ends the turn as the shell does: deliveries, output, the page; again while that made something to do.
    func turn() {
        repeat {
            resume()
            engine.endTurn(at: now)
            turnEnded()
            flush()
            readPage()
            appendPage()
        } while engine.wantsTurn
    }

    /// Goes on with connections that were paused.
    private func resume() {
        for handle in engine.takeResumed(at: now) {
            guard let peer = peers[handle.index], !peer.isClosed else { continue }
            let taken = engine.receive(peer.unsent.span, on: handle, at: now)
            peer.unsent.removeFirst(taken)
        }
    }

    /// Hands every peer what was written for it.
    func flush() {
        var list = engine.takeDirty()
        while !list.isEmpty {
            for handle in list {
                guard let peer = peers[handle.index] else { continue }
                if peer.isWritable || engine.isClosing(handle) { flush(peer) }
            }
            engine.recycle(list)
            list = engine.takeDirty()
        }
    }

    private func flush(_ peer: Peer) {
        let (bytes, closes) = engine.takeOutput(of: peer.handle)
        peer.take(bytes)
        engine.recycle(bytes)
        if closes { close(peer) }
    }
}
