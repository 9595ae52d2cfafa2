import Logging
import MQTTClient
import NIOCore
import StateStore

/// Who watches what: one watch inside for each key that anybody watches.
extension StateStoreService {
    /// Takes up the watches that an earlier life of the service kept, and tells each of what is there now: it may have changed in between.
    func takeUpWatches() async throws {
        var keys: Set<[UInt8]> = []
        try await inner.forEachBookedKey { booked in
            guard let (client, key) = WatchKey.parse(booked) else { return }
            watchers.insert(client, key)
            keys.insert(key)
        }
        for key in keys {
            try await watch(key)
            let (value, version) = try await inner.execute(.get(key: key))
            var payload: [UInt8] = []
            if case .bulk(let bytes) = value {
                StateNotification.append(set: bytes.span, to: &payload)
            } else {
                StateNotification.appendDelete(to: &payload)
            }
            let now = StateVersion(milliseconds: InnerBroker.milliseconds, counter: 0, node: "StateStore")
            notify(key, ByteBuffer(bytes: payload), version ?? now.text)
        }
    }

    /// Executes a KEYNOTIFY or its end; one after the other.
    func execute(_ registration: Registration) async {
        do {
            let payload = try await payload(for: registration)
            if let number = registration.number { answer(number, payload) }
        } catch {
            if !(error is StateError) {
                logger.warning("A watch could not be kept", metadata: ["error": "\(error)"])
            }
            if let number = registration.number { answer(number, error: error as? StateError ?? .quotaExceeded) }
        }
    }

    private func payload(for registration: Registration) async throws -> [UInt8] {
        let (client, key) = (registration.client, registration.key)
        let isThere = watchers.contains(client, key)
        var payload: [UInt8] = []
        guard registration.isStop == isThere else {
            if isThere { StateAnswer.appendOK(to: &payload) } else { StateAnswer.append(integer: 0, to: &payload) }
            return payload
        }
        if registration.isStop {
            try check(await inner.execute(.delete(key: WatchKey.make(client, key))).value)
            if watchers.remove(client, key) { try check(await inner.execute(.unwatch(key: key)).value) }
        } else {
            guard watchers.hasRoom else { throw StateError.quotaExceeded }
            try check(await inner.execute(.set(key: WatchKey.make(client, key), value: [])).value)
            try await watch(key)
            watchers.insert(client, key)
        }
        StateAnswer.appendOK(to: &payload)
        return payload
    }

    private func watch(_ key: [UInt8]) async throws {
        try check(await inner.execute(.watch(key: key)).value)
    }

    private func check(_ answer: RESPValue) throws {
        guard case .error(let text) = answer else { return }
        throw answer.stateError ?? StateStoreServiceError.badAnswer(text)
    }

    /// Takes a notification of the engine, on its client's event loop.
    func receive(notice message: MQTTMessage) {
        guard let key = InnerBroker.key(of: message.topic),
            let version = message.properties.userProperty(StateStore.timestampProperty)
        else { return }
        notify(key, message.payload, version)
    }

    private func notify(_ key: [UInt8], _ payload: ByteBuffer, _ version: String) {
        let properties = MQTTMessageProperties(
            contentType: StateStore.contentType,
            userProperties: [MQTTUserProperty(StateStore.timestampProperty, version)]
        )
        for client in watchers.clients(of: key) {
            var topic: [UInt8] = []
            let identifier = Array(client.utf8)
            StateNotification.appendTopic(client: identifier.span, key: key.span, to: &topic)
            let text = String(decoding: topic, as: UTF8.self)
            let message = MQTTMessage(topic: text, payload: payload, properties: properties)
            do {
                try outer.send(message) { [register] result in
                    // Nobody subscribes to it: the client has gone, and its watches with it.
                    guard case .success(let answer) = result, answer.reasonCode == .noMatchingSubscribers else {
                        return
                    }
                    register.yield(Registration(number: nil, client: client, key: key, isStop: true))
                }
            } catch {
                logger.warning("A notification was dropped", metadata: ["error": "\(error)"])
            }
        }
    }
}
