import Glibc
import Logging
import MQTTClient
import NIOCore
import StateStore
import Synchronization
import Testing

/// A client of the foreign broker that asks the state store as the public SDK clients do.
final class ForeignClient: Sendable {
    let client: MQTTClient
    let identifier: String
    private let notices = Mutex<[(key: [UInt8], notice: StateNotification)]>([])

    init(_ endpoint: MQTTEndpoint, _ identifier: String) {
        self.identifier = identifier
        var configuration = MQTTClientConfiguration(endpoint: endpoint, clientIdentifier: identifier)
        configuration.cleanStart = true
        configuration.sessionExpiry = .zero
        configuration.responseQoS = .atLeastOnce
        configuration.responseTopic = "clients/\(identifier)/\(StateStore.requestTopic)/response"
        client = MQTTClient(configuration: configuration, logger: Logger(label: identifier))
    }

    /// Runs a closure with a client that is connected.
    static func with<Result: Sendable>(
        _ endpoint: MQTTEndpoint,
        _ identifier: String,
        _ body: (ForeignClient) async throws -> Result
    ) async throws -> Result {
        let foreign = ForeignClient(endpoint, identifier)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await foreign.client.run() }
            try await foreign.client.waitUntilConnected()
            do {
                let result = try await body(foreign)
                await foreign.client.close(endingSession: true)
                return result
            } catch {
                await foreign.client.close(endingSession: true)
                throw error
            }
        }
    }

    /// Asks, and gives the answer and the version in `__ts`.
    func ask(
        _ command: StateCommand,
        timeout: Duration = .seconds(60)
    ) async throws -> (value: RESPValue, version: StateVersion?) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = StateVersion(milliseconds: Int64(time.tv_sec) * 1_000, counter: 0, node: identifier)
        let properties = MQTTMessageProperties(
            expiry: .seconds(60),
            contentType: StateStore.contentType,
            userProperties: [
                MQTTUserProperty(StateStore.timestampProperty, now.text),
                MQTTUserProperty(StateStore.sourceProperty, identifier),
                MQTTUserProperty(StateStore.protocolProperty, "1.0"),
            ]
        )
        let request = MQTTMessage(
            topic: StateStore.requestTopic,
            payload: ByteBuffer(bytes: command.payload),
            properties: properties
        )
        let answer = try await client.request(request, timeout: timeout)
        #expect(answer.properties.userProperty(StateStore.statusProperty) == "200")
        let payload = Array(answer.payload.readableBytesView)
        let version = answer.properties.userProperty(StateStore.timestampProperty).flatMap { StateVersion($0) }
        return (try RESPValue.parse(payload.span), version)
    }

    /// Subscribes to the notifications of this client.
    func listen() async throws -> MQTTListening {
        let prefix = "\(StateStore.reservedPrefix)/\(Self.hex(identifier))/command/notify/"
        let identifier = Array(identifier.utf8)
        let listening = try client.listen(to: prefix + "+") { [weak self] message in
            let topic = Array(message.topic.utf8)
            let payload = Array(message.payload.readableBytesView)
            guard let key = StateNotification.key(ofTopic: topic.span, client: identifier.span),
                let notice = StateNotification.parse(payload.span),
                message.properties.userProperty(StateStore.timestampProperty) != nil
            else { return }
            self?.notices.withLock { $0.append((key, notice)) }
        }
        _ = try await client.subscribe([MQTTSubscription(prefix + "+", qos: .atLeastOnce)])
        return listening
    }

    /// Waits until the last notification of a key is this one, and gives all that came of it.
    func waitForNotice(of key: String, _ notice: StateNotification) async throws -> [StateNotification] {
        while true {
            let seen = notices.withLock { $0.filter { $0.key == Array(key.utf8) }.map(\.notice) }
            if seen.last == notice { return seen }
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    private static func hex(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { $0 += String(digits[Int($1 >> 4)]) + String(digits[Int($1 & 15)]) }
    }
}

extension StateCommand {
    static func set(_ key: String, _ value: String, _ condition: Condition = .always) -> StateCommand {
        .set(key: Array(key.utf8), value: Array(value.utf8), condition: condition)
    }

    static func get(_ key: String) -> StateCommand { .get(key: Array(key.utf8)) }
}
