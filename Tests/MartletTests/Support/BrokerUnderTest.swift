import Logging
import MQTTClient
import Martlet
import MartletTesting
import MosquittoServer

/// A broker of the test's own: ours in this process, or a mosquitto beside it.
struct BrokerUnderTest: Sendable {
    private enum Base: Sendable {
        case martlet(TestBroker)
        case mosquitto(Mosquitto)
    }

    private let base: Base

    /// Runs a test with a broker.
    static func with<Result: Sendable>(
        _ kind: BrokerKind,
        _ body: @Sendable (BrokerUnderTest) async throws -> Result
    ) async throws -> Result {
        switch kind {
        case .martlet:
            try await TestBroker.withBroker { try await body(BrokerUnderTest(base: .martlet($0))) }
        case .mosquitto:
            try await body(BrokerUnderTest(base: .mosquitto(await Mosquitto())))
        }
    }

    var endpoint: MQTTEndpoint {
        switch base {
        case .martlet(let broker): broker.endpoint
        case .mosquitto(let broker): broker.endpoint
        }
    }

    /// Lets the broker go and come back, as far as it keeps its sessions: ours is killed, mosquitto is asked to end.
    func restart() async throws {
        switch base {
        case .martlet(let broker):
            await broker.crash(at: .now)
            try await broker.restart()
        case .mosquitto(let broker):
            broker.stop()
            try await broker.start()
        }
    }

    /// Kills the broker and starts it again: ours has everything that it promised, mosquitto nothing.
    func killAndRestart() async throws {
        guard case .mosquitto(let broker) = base else { return try await restart() }
        broker.kill()
        try await broker.start()
    }

    /// Publishes texts and returns when the broker has them all.
    func publish(_ texts: some Sequence<String> & Sendable, to topic: @escaping @Sendable (String) -> String)
        async throws
    {
        try await withClient("publisher") { client in
            for text in texts {
                _ = try await client.publish(MQTTMessage(topic: topic(text), text: text))
            }
        }
    }

    /// Runs a plain client.
    func withClient<Result: Sendable>(
        _ name: String,
        _ body: @Sendable (MQTTClient) async throws -> Result
    ) async throws -> Result {
        var configuration = MQTTClientConfiguration(endpoint: endpoint, clientIdentifier: name)
        configuration.backoff = MQTTBackoff(base: .milliseconds(5), cap: .milliseconds(50))
        configuration.receiveMaximum = 1000
        return try await MQTTClient.withConnection(configuration, logger: .silent, body)
    }

    /// A worker's configuration for this broker.
    func worker(_ name: String, replica: String = "0") -> WorkerConfiguration {
        var configuration = WorkerConfiguration(name: name)
        configuration.broker = endpoint
        configuration.replica = replica
        configuration.threads = 2
        configuration.backoff = MQTTBackoff(base: .milliseconds(5), cap: .milliseconds(50))
        configuration.retry = RetryPolicy(attempts: 3, base: .zero)
        return configuration
    }
}

extension Logger {
    /// A logger of which nobody hears.
    static var silent: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
