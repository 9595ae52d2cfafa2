import MQTTClient
import NIOCore
import StateStore
import Synchronization

/// Who watches what, and what has come for them.
final class WatchBook: Sendable {
    /// How many watches one client may have at once.
    static let limit = 10_000

    private struct State {
        var keys: [[UInt8]: [ObjectIdentifier: KeyWatch]] = [:]
        var prefixes: [ObjectIdentifier: PrefixWatch] = [:]
        var count = 0
        var isAttached = false
        var isSubscribed = false
        var listenings: [MQTTListening] = []
    }

    private let state = Mutex(State())

    /// Lets the client hand over what comes, from the first watch on.
    func attach(to client: MQTTClient, identifier: String) throws(MQTTClientError) {
        let isFirst = self.state.withLock { state in
            defer { state.isAttached = true }
            return !state.isAttached
        }
        guard isFirst else { return }
        do throws(MQTTClientError) {
            let bytes = Array(identifier.utf8)
            let notified = try client.listen(to: Self.notificationFilter(of: identifier)) { [weak self] message in
                self?.notified(message, bytes)
            }
            let changed = try client.listen(to: StateStore.changedTopic) { [weak self] in self?.changed($0) }
            let observed = try client.observeEvents { [weak self] event in
                if case .connected = event { self?.connected() }
            }
            self.state.withLock { $0.listenings = [notified, changed, observed] }
        } catch {
            self.state.withLock { $0.isAttached = false }
            throw error
        }
    }

    /// Whether the notifications are subscribed.
    var isSubscribed: Bool { self.state.withLock { $0.isSubscribed } }

    func noteSubscribed() { self.state.withLock { $0.isSubscribed = true } }

    static func notificationFilter(of identifier: String) -> String {
        "\(StateStore.reservedPrefix)/\(HexText.upper(identifier.utf8))/command/notify/+"
    }

    func add(_ watch: KeyWatch) throws(StateStoreError) {
        try self.makeRoom()
        self.state.withLock { $0.keys[watch.key, default: [:]][ObjectIdentifier(watch)] = watch }
    }

    func add(_ watch: PrefixWatch) throws(StateStoreError) {
        try self.makeRoom()
        self.state.withLock { $0.prefixes[ObjectIdentifier(watch)] = watch }
    }

    private func makeRoom() throws(StateStoreError) {
        let hasRoom = self.state.withLock { state in
            guard state.count < Self.limit else { return false }
            state.count += 1
            return true
        }
        if !hasRoom { throw StateStoreError(.invalidArgument, "\(Self.limit) watches are there already") }
    }

    /// Takes a watch out.
    ///
    /// - Parameter watch: The watch.
    /// - Returns: Whether it was the last of its key.
    func remove(_ watch: KeyWatch) -> Bool {
        self.state.withLock { state in
            guard state.keys[watch.key]?.removeValue(forKey: ObjectIdentifier(watch)) != nil else { return false }
            state.count -= 1
            guard state.keys[watch.key]?.isEmpty == true else { return false }
            state.keys[watch.key] = nil
            return true
        }
    }

    /// Takes a watch out.
    ///
    /// - Parameter watch: The watch.
    /// - Returns: Whether it was the last of its prefix.
    func remove(_ watch: PrefixWatch) -> Bool {
        self.state.withLock { state in
            guard state.prefixes.removeValue(forKey: ObjectIdentifier(watch)) != nil else { return false }
            state.count -= 1
            return !state.prefixes.values.contains { $0.prefix == watch.prefix }
        }
    }

    /// Whether somebody watches the key again; if so, they register anew, for the store was told to stop.
    func stopped(key: [UInt8]) {
        let watches = self.state.withLock { $0.keys[key].map { Array($0.values) } ?? [] }
        for watch in watches { watch.registrationLost() }
    }

    /// The same of a prefix.
    func stopped(prefix: [UInt8]) {
        let watches = self.state.withLock { $0.prefixes.values.filter { $0.prefix == prefix } }
        for watch in watches { watch.registrationLost() }
    }

    private func connected() {
        let (keys, prefixes) = self.state.withLock { state in
            (state.keys.values.flatMap(\.values), Array(state.prefixes.values))
        }
        for watch in keys { watch.registrationLost() }
        for watch in prefixes { watch.registrationLost() }
    }

    private func notified(_ message: MQTTMessage, _ identifier: [UInt8]) {
        let version = message.properties.userProperty(StateStore.timestampProperty).flatMap(StateStoreVersion.init)
        // As the public clients do: without a version nobody could tell which of two is newer.
        guard let version,
            let key = StateNotification.key(ofTopic: Array(message.topic.utf8).span, client: identifier.span),
            let notification = StateNotification.parse(Array(message.payload.readableBytesView).span)
        else { return }
        let change =
            switch notification {
            case .set(let value): StateStoreChange(value: value, version: version)
            case .delete: StateStoreChange(value: nil, version: version)
            }
        let watches = self.state.withLock { $0.keys[key].map { Array($0.values) } ?? [] }
        for watch in watches { watch.offer(change) }
    }

    private func changed(_ message: MQTTMessage) {
        let watches = self.state.withLock { Array($0.prefixes.values) }
        guard let changes = StateChanges.parse(Array(message.payload.readableBytesView).span) else {
            for watch in watches { watch.missed() }
            return
        }
        for watch in watches {
            let own = changes.entries.filter { $0.key.starts(with: watch.prefix) }
            if !own.isEmpty { watch.offer(own.map { ($0.key, $0.version.map(StateStoreVersion.init)) }) }
        }
    }
}
