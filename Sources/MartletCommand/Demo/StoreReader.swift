import MQTTClient
import NIOCore

/// Reads values out of the state store by the plain protocol that any client may speak.
struct StoreReader: Sendable {
    /// How long one answer is waited for; past it the question is put again.
    private static let timeout = Duration.seconds(2)
    /// How often a question is put at most.
    private static let attempts = 30
    /// So many questions are open at once.
    private static let window = 64

    let client: MQTTClient

    /// What is under a key: its bytes and its version; `nil` bytes if there is nothing.
    func get(_ key: String) async throws -> (bytes: [UInt8]?, version: String?) {
        let message = MQTTMessage(
            topic: StoreWire.requestTopic,
            payload: ByteBuffer(bytes: StoreWire.command("GET", key))
        )
        var answer: MQTTMessage?
        for _ in 0..<Self.attempts where answer == nil {
            answer = try await client.answer(to: message, within: Self.timeout)
        }
        guard let answer else { throw CommandFailure("the state store did not answer") }
        if let error = StoreWire.words(of: answer.payload).first, error.hasPrefix("-ERR") {
            throw CommandFailure("the state store answered \(error) to GET \(key)")
        }
        return (StoreWire.bulk(of: answer.payload), answer.properties.userProperty(StoreWire.versionProperty))
    }

    /// Holds each of these days in the store against what must be there.
    func judge(_ days: [OracleDay]) async throws -> StateFinding {
        try await withThrowingTaskGroup(of: StateFinding.self) { group in
            var finding = StateFinding()
            var begun = 0
            for day in days {
                if begun >= Self.window, let next = try await group.next() { finding = finding + next }
                begun += 1
                group.addTask { day.judge(try await get(day.key).bytes) }
            }
            for try await next in group { finding = finding + next }
            return finding
        }
    }
}

extension MQTTClient {
    /// Puts a request; `nil` when nobody answers in time.
    func answer(to message: MQTTMessage, within timeout: Duration) async throws -> MQTTMessage? {
        do {
            return try await request(message, timeout: timeout)
        } catch {
            if error.code == .timedOut { return nil }
            throw error
        }
    }
}
