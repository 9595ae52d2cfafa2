import Logging
import MQTTClient
import MQTTTransport
import MartletBroker

/// A logger that says nothing.
let quietLogger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Runs a closure with a broker in memory that has the listeners, and their ports by their names.
///
/// - Parameters:
///   - listeners: The listeners.
///   - networkLoops: The threads for sockets, beside the engine's.
///   - limits: What clients may use.
///   - body: The closure.
/// - Returns: What the closure returns.
/// - Throws: What the closure throws, or the broker.
func withBroker<Result: Sendable>(
    _ listeners: [BrokerListener],
    networkLoops: Int = 0,
    limits: BrokerLimits = BrokerLimits(),
    _ body: @Sendable (Broker, [String: Int]) async throws -> Result
) async throws -> Result {
    var configuration = BrokerConfiguration()
    configuration.listeners = listeners
    configuration.networkLoops = networkLoops
    configuration.limits = limits
    let broker = Broker(configuration: configuration, logger: quietLogger)
    let running = Task { try await broker.run() }
    do {
        let addresses = try await broker.listeningAddresses()
        let ports = Dictionary(uniqueKeysWithValues: addresses.map { ($0.listener, $0.port ?? 0) })
        let result = try await body(broker, ports)
        running.cancel()
        try await running.value
        return result
    } catch {
        running.cancel()
        _ = await running.result
        throw error
    }
}

/// A listener on a free port of the loopback address.
func listener(_ name: String = "test", _ change: (inout BrokerListener) -> Void = { _ in }) -> BrokerListener {
    var listener = BrokerListener(name: name, address: .tcp(host: "127.0.0.1", port: 0))
    change(&listener)
    return listener
}

/// Connects, publishes a message to itself and takes it.
func exchange(_ endpoint: MQTTEndpoint, _ identifier: String = "exchanger") async throws {
    try await withClient(endpoint, identifier) { client in
        _ = try await client.subscribe([MQTTSubscription("exchange/\(identifier)", qos: .atLeastOnce)])
        try await client.publish(MQTTMessage(topic: "exchange/\(identifier)", text: "hello"))
        for await delivery in client.deliveries {
            delivery.acknowledge()
            break
        }
    }
}

/// Runs a closure with a connected client that gives up when its first connection fails.
func withClient<Result: Sendable>(
    _ endpoint: MQTTEndpoint,
    _ identifier: String,
    _ body: @Sendable (MQTTClient) async throws -> Result
) async throws -> Result {
    var configuration = MQTTClientConfiguration(endpoint: endpoint, clientIdentifier: identifier)
    configuration.retriesFirstConnection = false
    return try await MQTTClient.withConnection(configuration, logger: quietLogger, body)
}

/// Why a client can not connect, as the transport names it.
func failure(of endpoint: MQTTEndpoint) async -> TransportError? {
    do {
        try await exchange(endpoint)
        return nil
    } catch let error as MQTTClientError {
        return error.cause as? TransportError
    } catch {
        return nil
    }
}
