import MQTTPackets
import NIOCore
import StateStore

@testable import BrokerEngine

/// Requests to the state store, and what must come of them.
extension Simulation {
    /// Those that begin with `m` are kept in memory only.
    static let keys = ["k0", "k1", "k2", "k3", "m0"]

    /// Where the answers for a client come; no other filter matches it.
    static func answerTopic(_ name: String) -> String { "$ans/\(name)" }

    /// A value that was never set before.
    func newValue() -> String { "v\(order())" }

    /// What the model has of a key, unless its time is over.
    func known(_ key: String) -> Model.State? {
        guard let state = model.state[key], state.expiresAt > harness.now.milliseconds else { return nil }
        return state
    }

    func askState(_ index: Int) {
        guard let peer = clients[index].peer, clients[index].profile.version == .v5, canPublish(index) else { return }
        let key = random.pick(Self.keys)
        let bytes = Array(key.utf8)
        let old = known(key)
        switch Int.random(in: 0..<6, using: &random) {
        case 0..<2:
            set(key, by: index, peer, condition: .always, isRefused: false)
        case 2:
            set(key, by: index, peer, condition: .absent, isRefused: old != nil)
        case 3:
            set(key, by: index, peer, condition: .absentOrEqual, isRefused: old != nil)
        case 4:
            let page = old == nil ? 0 : old?.page ?? 0
            ask(index, peer, .get(key: bytes), page: page) {
                old.map { "$\($0.value.utf8.count)\r\n\($0.value)\r\n" } ?? "$-1\r\n"
            }
        default:
            let page = old == nil || old?.page == 0 ? 0 : harness.engine.log.open
            ask(index, peer, .delete(key: bytes), page: page) { old == nil ? ":0\r\n" : ":1\r\n" }
            if old != nil {
                model.state[key] = nil
                noteVersion(isDurable: page != 0)
            }
        }
    }

    private func set(
        _ key: String,
        by index: Int,
        _ peer: Peer,
        condition: StateCommand.Condition,
        isRefused: Bool
    ) {
        let value = newValue()
        let lifetime: Int64? = random.pick([nil, nil, nil, 1_000, 30_000])
        let isInMemory = key.hasPrefix("m")
        let isFull = harness.engine.isRefusing && !isInMemory && !isRefused
        let page = isInMemory || isRefused || isFull ? 0 : harness.engine.log.open
        let command = StateCommand.set(
            key: Array(key.utf8),
            value: Array(value.utf8),
            condition: condition,
            lifetime: lifetime
        )
        ask(index, peer, command, page: page) {
            if isRefused { return ":-1\r\n" }
            return isFull ? "-ERR the quota has been exceeded\r\n" : "+OK\r\n"
        }
        guard !isRefused, !isFull else { return }
        cover("state set")
        model.state[key] = Model.State(
            value: value,
            version: noteVersion(isDurable: page != 0),
            expiresAt: lifetime.map { harness.now.milliseconds + $0 } ?? .max,
            page: page
        )
    }

    /// Whether a client may publish one more without going beyond the Receive Maximum.
    func canPublish(_ index: Int) -> Bool {
        let most =
            clients[index].profile.version == .v5 ? Int(harness.configuration.limits.receiveMaximum) : 65_535
        return clients[index].outgoing.count + clients[index].sending.count(where: \.isCounted) < most
    }

    private func ask(
        _ index: Int,
        _ peer: Peer,
        _ command: StateCommand,
        page: UInt64,
        _ answer: () -> String
    ) {
        let name = clients[index].profile.name
        let correlation = "\(order())"
        let expected = answer()
        note("\(name) asks \(command), \(correlation): \(expected.debugDescription)")
        let packet = peer.request(command, correlation: correlation) {
            $0.properties.responseTopic = Self.answerTopic(name)
        }
        clients[index].asked.append(.init(correlation: correlation, page: page, answer: .text(expected)))
        clients[index].outgoing.append(.init(packetIdentifier: packet, message: -1, reason: .success, page: page))
    }

    /// The version of what was just done: later than every one before, also than those of durable facts before a crash.
    @discardableResult
    func noteVersion(isDurable: Bool = true) -> StateVersion {
        let version = StateVersion(instant: harness.engine.state.clock.last, node: "StateStore")
        checkVersion(version)
        if isDurable { model.lastVersion = version }
        lastGiven = version
        return version
    }

    func checkVersion(_ version: StateVersion) {
        for last in [model.lastVersion, lastGiven] {
            if let last, version <= last { fail("version \(version) follows \(last)") }
        }
    }

    // MARK: Answers

    func receiveAnswer(_ publish: Publish, _ index: Int) {
        let name = clients[index].profile.name
        let correlation = publish.properties.correlationData.map { String(buffer: $0) } ?? ""
        guard let at = clients[index].asked.firstIndex(where: { $0.correlation == correlation }) else {
            return fail("\(name) got an answer to \(correlation), which it did not ask, or twice")
        }
        let asked = clients[index].asked.remove(at: at)
        cover("request answered")
        if asked.page > durablePage {
            fail("\(name) got the answer to \(correlation) before page \(asked.page) was durable")
        }
        switch asked.answer {
        case .text(let text):
            if publish.text != text {
                fail("\(name) got \(publish.text.debugDescription) for \(correlation), not \(text)")
            }
        case .outcomes(let expected):
            receive(publish, expected, asked, name)
        }
    }

    private func receive(
        _ publish: Publish,
        _ expected: [SimulatedClient.Outcome],
        _ asked: SimulatedClient.Asked,
        _ name: String
    ) {
        let payload = Array(publish.payload.readableBytesView)
        let outcomes = (try? CommitOutcome.parse(payload.span)) ?? []
        guard outcomes.count == expected.count else { return fail("\(name) got \(publish.text)") }
        for (outcome, expected) in zip(outcomes, expected) {
            switch outcome {
            case .committed(let version):
                if expected.version != version { fail("\(name) was told \(version), not \(expected)") }
                if let id = expected.id { told.insert(id) }
            case .refused(let refusal):
                if refusal.code != expected.code || refusal.index != expected.index {
                    fail("\(name) was refused \(asked.correlation) with \(refusal), not \(expected)")
                }
            }
        }
    }

    // MARK: Comparing

    func compareState() {
        var found: [String: (value: String, version: StateVersion)] = [:]
        for key in Self.keys {
            let bytes = Array(key.utf8)
            guard let handle = harness.engine.state.find(bytes.span, now: .min) else { continue }
            let value = String(decoding: harness.engine.state.value(of: handle), as: UTF8.self)
            found[key] = (value, harness.engine.state.version(of: handle))
        }
        for (key, expected) in model.state {
            guard let one = found.removeValue(forKey: key) else {
                if expected.expiresAt > harness.now.milliseconds { fail("the key \(key) is lost: \(expected)") }
                model.state[key] = nil
                cover("key expired")
                continue
            }
            if one.value != expected.value || one.version != expected.version {
                fail("the key \(key) is \(one), not \(expected)")
            }
        }
        for (key, one) in found { fail("there is a key \(key): \(one)") }
    }
}
