import Synchronization
import Temperatures

@testable import MartletCommand

/// What the observer of a site's results has got.
final class Ledger: Sendable {
    private struct State {
        var publications: [String: Set<Publication>] = [:]
        var payloads: [String: Set<String>] = [:]
    }

    private let state = Mutex(State())
    /// How many flushes came through.
    let flushes = Watched(0)

    func add(topic: String, payload: String, _ publication: Publication) {
        state.withLock { state in
            state.publications[topic, default: []].insert(publication)
            state.payloads[topic, default: []].insert(payload)
        }
    }

    /// How often a result was published, and with what payloads.
    func results(on topic: String) -> (count: Int, payloads: Set<String>) {
        state.withLock { ($0.publications[topic]?.count ?? 0, $0.payloads[topic] ?? []) }
    }
}
