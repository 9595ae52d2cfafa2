import StateStoreClient

/// Processes with clocks of their own that want one lease, over a network that delays, doubles and loses.
///
/// Time is in microseconds. Everything follows from the seed.
final class LeaseSimulation {
    /// What the world is like.
    struct World {
        /// Whether messages keep their order (MQTT on one session); otherwise they may overtake each other by seconds,
        /// and edits use the version condition of the extension.
        var keepsOrder = true
        /// Whether the store's clock jumps: then belief is not checked, for no lease can be safe; edits are.
        var clockJumps = false
        /// Whether a restart of the store loses its leases.
        var forgetsLeases = false
        /// Whether edits carry their token.
        var isFenced = true
        /// Whether an edit takes the newest token of any hold, and not only of the hold in which it read.
        var mixesHolds = false
        /// Whether an edit fences the value before it reads (foreign stores).
        var fencesFirst = true
        var faults: Set<LeaseFault> = []
    }

    enum Event {
        case toStore(SimulatedRequest)
        case again(client: Int)
        case toClient(SimulatedRequest, SimulatedStore.Answer)
        case wake(client: Int)
        case check
        case chance
    }

    static let clientCount = 3
    static let terms = LeaseTerms(
        duration: .seconds(3),
        renewalInterval: .seconds(1),
        attemptTimeout: .milliseconds(800),
        retryBase: .milliseconds(100),
        driftPartsPerMillion: 10_000,
        stepDownLead: .milliseconds(100),
        herdWindow: .milliseconds(100)
    )

    let world: World
    var random: SplitMix64
    var now: Int64 = 0
    var queue = EventQueue<Event>()
    var store = SimulatedStore()
    var storeDrift: Int64
    var storeJump: Int64 = 0
    var storeDownUntil: Int64 = 0
    var clients: [SimulatedClient] = []
    var appliedEdits: Set<Int> = []
    var lastEdit = 0
    var coverage: [String: Int] = [:]
    var log: [String] = []
    var keepsLog = false

    init(seed: UInt64, _ world: World) {
        self.world = world
        self.random = SplitMix64(seed: seed)
        // Together at most the ten thousand parts per million that the terms allow for.
        self.storeDrift = .random(in: -4_900...4_900, using: &self.random)
        for index in 0..<Self.clientCount {
            let drift = Int64.random(in: -4_900...4_900, using: &self.random)
            let offset = Int64.random(in: 0...1_000_000_000, using: &self.random)
            self.clients.append(
                SimulatedClient(core: self.newCore(index, 0), offset: offset, driftPartsPerMillion: drift)
            )
        }
    }

    func newCore(_ client: Int, _ life: Int) -> LeaseCore {
        var core = LeaseCore(
            terms: Self.terms,
            ambition: .always,
            name: Array("c\(client).\(life)".utf8),
            seed: self.random.next()
        )
        core.faults = self.world.faults
        return core
    }

    /// Plays so many seconds.
    func run(seconds: Int64) throws(LeaseSimulationFailure) {
        for client in self.clients.indices { self.feed(.begin, client) }
        self.queue.add(.chance, at: self.now + self.pick(100_000))
        while let (time, event) = self.queue.next(), time < seconds * 1_000_000 {
            self.now = max(self.now, time)
            self.work(on: event)
            try self.check()
        }
    }

    func pick(_ limit: Int64) -> Int64 { .random(in: 0...limit, using: &self.random) }

    func happens(_ percent: Int64) -> Bool { self.pick(99) < percent }

    func note(_ text: @autoclosure () -> String) {
        guard self.keepsLog else { return }
        if self.log.count > 400 { self.log.removeFirst(200) }
        self.log.append("\(self.now) \(text())")
    }

    func count(_ what: String) { self.coverage[what, default: 0] += 1 }

    var storeMilliseconds: Int64 {
        (self.now + self.now * self.storeDrift / 1_000_000 + self.storeJump + 1_000_000_000) / 1_000
    }

    /// What must hold at any time.
    private func check() throws(LeaseSimulationFailure) {
        let value = self.store.entries["data"].map { Self.number($0.value) } ?? 0
        if value != self.appliedEdits.count {
            throw self.failure("the value counts \(value) edits, and \(self.appliedEdits.count) were applied")
        }
        if self.world.clockJumps { return }
        let holder = self.store.holder(at: self.storeMilliseconds)
        for (index, client) in self.clients.enumerated() where client.core.isHeld(at: client.local(self.now)) {
            if holder != client.core.holder {
                throw self.failure("client \(index) believes in a lease that the store does not have")
            }
        }
    }

    private func failure(_ message: String) -> LeaseSimulationFailure {
        LeaseSimulationFailure(message: "\(message), at \(self.now) µs", events: self.log.suffix(40))
    }

    static func number(_ value: [UInt8]) -> Int { Int(String(decoding: value, as: UTF8.self)) ?? -1 }
}
