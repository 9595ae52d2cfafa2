import MQTTClient
import Synchronization

/// The requests that were begun and are not answered; there are never more than the foreign broker delivers unacknowledged.
///
/// A request that is delivered again while it is here, because the connection was lost, is not executed again.
final class RequestBook: Sendable {
    private struct State {
        var pending: [UInt64: PendingRequest] = [:]
        var numbers: [Key: UInt64] = [:]
        var next: UInt64 = 0
        var emptied: [CheckedContinuation<Void, Never>] = []
    }

    private struct Key: Hashable {
        var responseTopic: String
        var correlation: [UInt8]
    }

    private let state = Mutex(State())

    /// Enters a request.
    ///
    /// - Returns: Its number; nil if it is here already, and only the right to acknowledge it was exchanged.
    func enter(_ request: PendingRequest) -> UInt64? {
        state.withLock { state in
            let key = Key(responseTopic: request.responseTopic, correlation: request.correlation)
            if let number = state.numbers[key], state.pending[number] != nil {
                state.pending[number]?.delivery = request.delivery
                return nil
            }
            state.next += 1
            state.numbers[key] = state.next
            state.pending[state.next] = request
            return state.next
        }
    }

    /// Takes the right to answer a request: once.
    func beginAnswer(_ number: UInt64) -> PendingRequest? {
        state.withLock { state in
            guard let request = state.pending[number], !request.isAnswered else { return nil }
            state.pending[number]?.isAnswered = true
            return request
        }
    }

    /// Acknowledges a request whose answer was published, and forgets it.
    func finish(_ number: UInt64) {
        let (request, waiting) = state.withLock { state -> (PendingRequest?, [CheckedContinuation<Void, Never>]) in
            guard let request = state.pending.removeValue(forKey: number) else { return (nil, []) }
            state.numbers[Key(responseTopic: request.responseTopic, correlation: request.correlation)] = nil
            guard state.pending.isEmpty else { return (request, []) }
            defer { state.emptied = [] }
            return (request, state.emptied)
        }
        request?.delivery.acknowledge()
        for one in waiting { one.resume() }
    }

    /// The requests whose time is over.
    func overdue(_ now: ContinuousClock.Instant) -> [UInt64] {
        state.withLock { state in
            state.pending.filter { $0.value.deadline <= now && !$0.value.isAnswered }.map(\.key)
        }
    }

    /// Waits until every request that was begun is answered.
    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.pending.isEmpty { state.emptied.append(continuation) }
                return state.pending.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }

    /// Lets go who waits: the service ends.
    func release() {
        let waiting = state.withLock { state in
            defer { state.emptied = [] }
            return state.emptied
        }
        for one in waiting { one.resume() }
    }
}
