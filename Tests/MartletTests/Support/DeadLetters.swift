import MQTTClient
import Synchronization

/// Dead letters as they arrive.
final class DeadLetters: Sendable {
    private let state = Mutex<[MQTTMessage]>([])
    /// Counts their texts.
    let tally = Tally()

    var all: [MQTTMessage] { state.withLock { $0 } }

    func add(_ letter: MQTTMessage) {
        state.withLock { $0.append(letter) }
        tally.count(letter.text)
    }
}

extension StateRig {
    /// Runs a test while a client takes the dead letters.
    ///
    /// - Parameters:
    ///   - filter: Where they go.
    ///   - body: The test.
    /// - Returns: Those that came.
    /// - Throws: What the test throws.
    func collectingDeadLetters(
        _ filter: String,
        _ body: @escaping @Sendable (DeadLetters) async throws -> Void
    ) async throws -> DeadLetters {
        let letters = DeadLetters()
        try await withClient("dead-letters") { reader in
            _ = try await reader.subscribe([MQTTSubscription(filter)])
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    for await delivery in reader.deliveries {
                        letters.add(delivery.message)
                        delivery.acknowledge()
                    }
                }
                try await body(letters)
                group.cancelAll()
            }
        }
        return letters
    }
}
