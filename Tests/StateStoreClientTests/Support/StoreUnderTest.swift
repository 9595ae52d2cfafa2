import Logging
import MQTTClient
import MartletTesting
import StateStoreClient

/// A client of the state store of a ``TestBroker`` that runs for as long as a closure.
///
/// - Parameters:
///   - broker: The broker.
///   - identifier: The client identifier.
///   - isPlain: Whether it does not ask for Martlet's extension, so that the store is as any other of the protocol.
///   - wall: The client's wall clock in milliseconds since 1970; nil for the machine's.
///   - body: The test.
/// - Returns: What the closure returns.
/// - Throws: What the closure throws.
func withStore<Result: Sendable>(
    _ broker: TestBroker,
    _ identifier: String,
    isPlain: Bool = false,
    wall: Int64? = nil,
    _ body: @Sendable (StateStoreClient) async throws -> Result
) async throws -> Result {
    try await withStore(endpoint: broker.endpoint, identifier, isPlain: isPlain, wall: wall, body)
}

func withStore<Result: Sendable>(
    endpoint: MQTTEndpoint,
    _ identifier: String,
    isPlain: Bool = false,
    timeout: Duration = .seconds(60),
    wall: Int64? = nil,
    _ body: @Sendable (StateStoreClient) async throws -> Result
) async throws -> Result {
    var configuration = MQTTClientConfiguration(endpoint: endpoint, clientIdentifier: identifier)
    configuration.backoff.base = .milliseconds(5)
    configuration.backoff.cap = .milliseconds(50)
    if !isPlain { configuration.userProperties = [MQTTUserProperty("martlet", "1")] }
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    return try await MQTTClient.withConnection(configuration, logger: logger) { client in
        var store = StateStoreClientConfiguration()
        // Long, so that it only ends what hangs.
        store.timeout = timeout
        store.probeTimeout = timeout
        if let wall { store.milliseconds = { wall } }
        return try await body(StateStoreClient(client: client, configuration: store, logger: logger))
    }
}

/// Where the time of a broker with a `TestClock` begins.
let testBrokerStart: Int64 = 1_767_225_600_000

extension [UInt8] {
    init(_ text: String) { self = Array(text.utf8) }
}
