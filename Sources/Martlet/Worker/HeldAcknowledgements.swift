import MQTTClient
import Synchronization

/// Acknowledges messages, or keeps the acknowledgements back while the worker stops.
///
/// Each acknowledgement makes room for another message. A worker that stops would only sit on that one until it
/// has gone, so it acknowledges what its last handlers finish all at once, right before it says good-bye.
final class HeldAcknowledgements: Sendable {
    private struct State {
        var isHolding = false
        var held: [MQTTDelivery] = []
    }

    private let state = Mutex(State())

    /// Acknowledges a message, now or at the end.
    ///
    /// - Parameter delivery: The message.
    func acknowledge(_ delivery: MQTTDelivery) {
        let isHeld = state.withLock { state in
            if state.isHolding { state.held.append(delivery) }
            return state.isHolding
        }
        if !isHeld { delivery.acknowledge() }
    }

    /// Keeps acknowledgements back from now on; no more of them than there are slots.
    func hold() {
        state.withLock { $0.isHolding = true }
    }

    /// Acknowledges what was kept back, and everything that comes later at once.
    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for delivery in held { delivery.acknowledge() }
    }
}
