import Journal
import MQTTPackets
import StateStore

@testable import BrokerEngine

/// Clients, sockets, time and a journal that do what a seed says, and a ``Model`` that says what must come of it.
///
/// After every turn the engine's state is compared with the model's, and its invariants are checked; what clients receive is
/// checked against the model too. The model is kept for every page that is cut, so that a restart over the pages up to one must find
/// exactly that: nothing acknowledged is lost, nothing done comes back.
final class Simulation {
    let seed: UInt64
    var random: SplitMix64
    var harness: EngineHarness
    var model = Model()
    /// The model when a page was cut, by its number.
    var snapshots: [UInt64: Model] = [:]
    var messages: [SimulatedMessage] = []
    /// Copies of QoS 0 that may come, each once.
    var atMostOnce: [AtMostOnce] = []
    var clients: [SimulatedClient]
    let mood: [Action]
    /// Whether the first client goes to sleep early.
    let isSleepy: Bool
    var nextOrder = 0
    /// The message of each delivery that was ever seen, by what the broker calls it.
    var identities: [[UInt8]: Int] = [:]
    /// The newest version that was given since the start of the broker.
    var lastGiven: StateVersion?
    /// What was handed to an application at QoS 2, each once: whose copy, and of which message.
    var handedOver: Set<String> = []
    /// Deliveries whose committing was confirmed to a client: they may never come again.
    var told: Set<[UInt8]> = []
    /// How often something happened that the simulation is there for.
    var coverage: [String: Int] = [:]
    private var redistributed: UInt64 = 0
    var step = 0
    private(set) var failure: SimulationFailure?
    private var events: [String] = []
    /// How many events a failure tells of.
    var eventsKept = 60

    /// A copy of QoS 0 that may come to a client, or to one member of a group.
    struct AtMostOnce {
        var message: Int
        var client: String?
        var group: String?
        var identifiers: [UInt32] = []
        var retain = false
    }

    init(seed: UInt64) {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        harness = EngineHarness(seed: seed &* 1_000 &+ 1) {
            $0.limits.journalSlack = random.pick([0, 0, 500, 1 << 20])
            $0.limits.journalAmplification = random.pick([2, 3])
            $0.limits.cleaningBytesPerTurn = random.pick([1, 300, 1 << 17])
            $0.limits.shortestAliasedTopic = 1
            $0.limits.receiveMaximum = random.pick([3, 20, 2_048])
            $0.limits.outputBytesPerConnection = random.pick([200, 1 << 20])
            $0.limits.inflightPerSession = random.pick([2, 5, 32_767])
            $0.limits.cachedTopics = 4
            $0.limits.cleaningRetrySeconds = 1
            $0.memoryOnlyStatePrefixes = [Array("m".utf8)]
        }
        mood = Self.mood(&random)
        isSleepy = random.oneIn(3)
        clients = Self.profiles(&random).map { SimulatedClient(profile: $0) }
        self.random = random
        watchPages()
    }

    private static func profiles(_ random: inout SplitMix64) -> [SimulatedClient.Profile] {
        (0..<Int.random(in: 3...6, using: &random)).map { index in
            var profile = SimulatedClient.Profile(
                name: "c\(index)",
                version: random.oneIn(4) ? .v3_1_1 : .v5,
                expiry: random.pick([0, 20, 3_600, 3_600]),
                receiveMaximum: random.pick([nil, 1, 3, 10]),
                isSmall: random.oneIn(8),
                usesAliases: random.oneIn(3),
                hasWill: random.oneIn(3),
                willDelay: random.pick([0, 0, 5]),
                isMartlet: !random.oneIn(3)
            )
            if profile.version == .v3_1_1 || profile.isSmall { profile.isMartlet = false }
            // What is too large must not depend on what was sent before.
            if profile.version == .v3_1_1 || profile.isSmall { profile.usesAliases = false }
            return profile
        }
    }

    /// Runs some steps, then lets everything come to an end.
    ///
    /// - Throws: What is wrong, with the seed.
    func run(steps: Int) throws(SimulationFailure) {
        for step in 1...steps {
            self.step = step
            act()
            if !random.oneIn(4) { turn() }
            if let failure { throw failure }
        }
        finish()
        if let failure { throw failure }
    }

    /// Ends a turn and looks at everything.
    func turn() {
        harness.turn()
        collect()
        compare()
        if !harness.engine.log.moves.isEmpty { cover("message moved") }
        if harness.engine.statistics.redistributed > redistributed { cover("delivery redistributed") }
        redistributed = harness.engine.statistics.redistributed
        if harness.engine.isRefusing { cover("turn while full") }
        for broken in harness.engine.brokenInvariants() { fail(broken) }
    }

    /// Keeps the model of every page that is cut from now on.
    func watchPages() {
        harness.endsTurns = false
        snapshots[harness.outstanding?.number ?? harness.pages.last?.number ?? 0] = model
        harness.pageTaken = { [unowned self] number in
            collect()
            noteReleases(before: number)
            snapshots[number] = model
            note("page \(number) is cut")
        }
        harness.turnEnded = { [unowned self] in notePins() }
        harness.pageFailing = { [unowned self] number in
            note("page \(number) fails")
            cover("page failed")
            if harness.engine.log.moves.contains(where: { $0.to >= number }) { cover("moves undone") }
            if harness.engine.log.replaced.contains(where: { $0.page >= number && $0.old >= 0 }) {
                cover("retained message restored")
            }
            let refused = Set(messages.filter { $0.page >= number && !$0.isWill && !$0.isOfCommit }.map(\.identifier))
            model.fail(from: number, refused: refused)
            snapshots[number]?.fail(from: number, refused: refused)
            for client in clients.indices {
                for index in clients[client].outgoing.indices { clients[client].outgoing[index].mayBeRefused = true }
                for index in clients[client].awaitedReceipts.indices {
                    clients[client].awaitedReceipts[index].mayBeRefused = true
                }
            }
        }
    }

    // MARK: Words

    func cover(_ situation: String) { coverage[situation, default: 0] += 1 }

    func note(_ event: String) {
        events.append("\(step): \(event)")
        if events.count > eventsKept { events.removeFirst() }
    }

    func fail(_ message: String) {
        guard failure == nil else { return }
        failure = SimulationFailure(seed: seed, step: step, message: message, events: events)
    }

    /// The number of the last page that is durable.
    var durablePage: UInt64 { harness.pages.last?.number ?? 0 }

    func order() -> Int {
        defer { nextOrder += 1 }
        return nextOrder
    }
}
