import Foundation
import MQTTClient
import Martlet
import MartletTesting
import StateStoreClient
import Synchronization

/// A broker of the test's own, workers that count in their state, and what they did.
struct StateRig: Sendable {
    static let counts = StateKey<Int>("count")

    let broker: TestBroker
    /// How often each text was published by a worker: messages that differ, not deliveries.
    let published = Published()

    /// The messages of a topic, told apart by the broker's identifier.
    final class Published: Sendable {
        private let identifiers = Mutex<[String: Set<String>]>([:])
        let tally = Tally()

        func add(_ message: MQTTMessage) {
            let identifier = message.properties.userProperties.last { $0.name == "martlet-id" }?.value ?? ""
            identifiers.withLock { _ = $0[message.text, default: []].insert(identifier) }
            tally.count(message.text)
        }

        /// The texts that were published more than once.
        var doubles: [String] { identifiers.withLock { all in all.filter { $0.value.count > 1 }.map(\.key).sorted() } }
    }

    static func with(_ body: @escaping @Sendable (StateRig) async throws -> Void) async throws {
        try await TestBroker.withBroker { broker in
            let rig = StateRig(broker: broker)
            try await rig.withClient("reader") { reader in
                _ = try await reader.subscribe([MQTTSubscription("out/#")])
                try await withThrowingDiscardingTaskGroup { group in
                    group.addTask {
                        for await delivery in reader.deliveries {
                            rig.published.add(delivery.message)
                            delivery.acknowledge()
                        }
                    }
                    try await body(rig)
                    group.cancelAll()
                }
            }
        }
    }

    func withClient<Result: Sendable>(
        _ name: String,
        _ body: @Sendable (MQTTClient) async throws -> Result
    ) async throws -> Result {
        var configuration = MQTTClientConfiguration(endpoint: broker.endpoint, clientIdentifier: name)
        configuration.backoff = MQTTBackoff(base: .milliseconds(5), cap: .milliseconds(50))
        configuration.receiveMaximum = 1000
        configuration.userProperties = [MQTTUserProperty("martlet", "1")]
        return try await MQTTClient.withConnection(configuration, logger: .silent, body)
    }

    func configuration(_ replica: Int, change: (inout WorkerConfiguration) -> Void = { _ in }) -> WorkerConfiguration {
        var configuration = WorkerConfiguration(name: "w")
        configuration.broker = broker.endpoint
        configuration.replica = "\(replica)"
        configuration.threads = 2
        configuration.backoff = MQTTBackoff(base: .milliseconds(5), cap: .milliseconds(50))
        configuration.retry = RetryPolicy(attempts: 50, base: .milliseconds(1), cap: .milliseconds(10))
        change(&configuration)
        return configuration
    }

    /// A worker that counts the messages of each topic `in/KEY`, and publishes each message's text.
    func worker(_ replica: Int, change: (inout WorkerConfiguration) -> Void = { _ in }) throws -> TestWorker {
        let handler = Texts { text, context in
            try await context.state.update(Self.counts[context.captures[0]], default: 0) { $0 += 1 }
            try context.publish(text: text, to: "out/\(text)")
        }
        let worker = try TestWorker(
            configuration(replica, change: change),
            handlers: [HandlerRegistration("in/+", handler: handler)]
        )
        worker.start()
        return worker
    }

    /// Publishes each text once, also while the broker is killed: what was not answered is not sent again.
    func publish(_ texts: [String], keys: Int, identified: Bool = false) async throws {
        try await withClient("publisher") { client in
            for (index, text) in texts.enumerated() {
                var message = MQTTMessage(topic: "in/\(index % keys)", text: text)
                if identified { message.properties.userProperties = [MQTTUserProperty("martlet-id", "m-\(text)")] }
                while try await client.publish(message).reasonCode == .noMatchingSubscribers { await Task.yield() }
            }
        }
    }

    /// What the store has for a key, without the envelope's head.
    func count(_ key: Int) async throws -> Int? { try await count("\(key)") }

    func count(_ key: String) async throws -> Int? {
        try await withClient("looker") { client in
            let store = StateStoreClient(client: client, logger: .silent)
            guard let entry = try await store.get(StateStoreKey("w/count/\(key)")) else { return nil }
            let digits = entry.value.reversed().prefix { (0x30...0x39).contains($0) }.reversed()
            return Int(String(decoding: Array(digits), as: UTF8.self))
        }
    }

    /// Waits until a key of the store is there.
    func waitForKey(_ key: String) async throws {
        try await withClient("looker") { client in
            let store = StateStoreClient(client: client, logger: .silent)
            while try await store.get(StateStoreKey(key)) == nil { await Task.yield() }
        }
    }

    /// Waits until a replica has told the others that it is there.
    func waitForReplica(_ name: String) async throws { try await waitForKey("w/.replicas/\(name)") }

    /// Waits until a key of the store is gone.
    func waitUntilGone(_ key: String) async throws {
        try await withClient("looker") { client in
            let store = StateStoreClient(client: client, logger: .silent)
            while try await store.get(StateStoreKey(key)) != nil { await Task.yield() }
        }
    }
}
