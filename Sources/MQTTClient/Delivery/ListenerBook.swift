import MQTTPackets
import Synchronization

/// Who within this process asked for messages by their topic, and for the events of the connection.
///
/// Listening is local: it subscribes to nothing. It is for what a server sends without a subscription of ours
/// (notifications straight into the session), and for parts that share one client and want their own topics for themselves.
final class ListenerBook: Sendable {
    /// How many may listen at once.
    static let limit = 1_024

    private struct Listener {
        var number: UInt64
        var filter: TopicFilter
        var receive: @Sendable (MQTTMessage) -> Void
    }

    private struct Observer {
        var number: UInt64
        var receive: @Sendable (MQTTEvent) -> Void
    }

    private struct State {
        var lastNumber: UInt64 = 0
        var listeners: [Listener] = []
        var observers: [Observer] = []
    }

    private let state = Mutex(State())
    // So that a client without listeners pays one load a message.
    private let listenerCount = Atomic<Int>(0)

    func listen(
        _ filter: TopicFilter,
        _ receive: @escaping @Sendable (MQTTMessage) -> Void
    ) throws(MQTTClientError) -> UInt64 {
        let number = self.state.withLock { state -> UInt64? in
            guard state.listeners.count < Self.limit else { return nil }
            state.lastNumber += 1
            state.listeners.append(Listener(number: state.lastNumber, filter: filter, receive: receive))
            self.listenerCount.store(state.listeners.count, ordering: .releasing)
            return state.lastNumber
        }
        guard let number else { throw MQTTClientError(.queueFull, "\(Self.limit) listeners are there already") }
        return number
    }

    func observe(_ receive: @escaping @Sendable (MQTTEvent) -> Void) throws(MQTTClientError) -> UInt64 {
        let number = self.state.withLock { state -> UInt64? in
            guard state.observers.count < Self.limit else { return nil }
            state.lastNumber += 1
            state.observers.append(Observer(number: state.lastNumber, receive: receive))
            return state.lastNumber
        }
        guard let number else { throw MQTTClientError(.queueFull, "\(Self.limit) observers are there already") }
        return number
    }

    func remove(_ number: UInt64) {
        self.state.withLock { state in
            state.listeners.removeAll { $0.number == number }
            state.observers.removeAll { $0.number == number }
            self.listenerCount.store(state.listeners.count, ordering: .releasing)
        }
    }

    /// Who asked for messages of a topic; empty for nearly every message.
    func listeners(of topic: String) -> [@Sendable (MQTTMessage) -> Void] {
        guard self.listenerCount.load(ordering: .acquiring) > 0 else { return [] }
        return self.state.withLock { state in
            state.listeners.filter { $0.filter.matches(topic: topic) }.map(\.receive)
        }
    }

    /// Tells the observers what happened.
    func tell(_ event: MQTTEvent) {
        for observer in self.state.withLock({ $0.observers }) { observer.receive(event) }
    }
}
