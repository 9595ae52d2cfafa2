import Logging
import MQTTClient
import MartletTesting

/// A client of a ``TestBroker`` that runs for as long as a closure.
func withClient<Result: Sendable>(
    _ broker: TestBroker,
    _ identifier: String,
    receiveMaximum: Int = 64,
    _ body: @Sendable (MQTTClient) async throws -> Result
) async throws -> Result {
    var configuration = MQTTClientConfiguration(endpoint: broker.endpoint, clientIdentifier: identifier)
    configuration.receiveMaximum = receiveMaximum
    configuration.backoff.base = .milliseconds(5)
    configuration.backoff.cap = .milliseconds(50)
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    return try await MQTTClient.withConnection(configuration, logger: logger, body)
}
