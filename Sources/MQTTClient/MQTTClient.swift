public import Logging
public import ServiceLifecycle

/// An MQTT 5 client whose connection comes back.
///
/// Run it as a service beside the tasks that use it; what they ask for while there is no connection waits, within
/// ``MQTTClientConfiguration/queueLimits``. Messages are acknowledged by whoever takes them from ``deliveries``.
///
/// ```swift
/// let client = MQTTClient(configuration: configuration, logger: logger)
/// async let running: Void = client.run()
/// _ = try await client.subscribe([MQTTSubscription("orders/#")])
/// for await delivery in client.deliveries {
///     await handle(delivery.message)
///     delivery.acknowledge()
/// }
/// ```
public final class MQTTClient: Service, Sendable {
    /// What the client was told.
    public let configuration: MQTTClientConfiguration
    /// The messages that arrive.
    public let deliveries: MQTTDeliveries
    /// What happens to the connection and the session.
    public let events: MQTTEvents

    let logger: Logger

    /// Makes a client; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: What the client is told; checked by ``run()``.
    ///   - logger: Where it logs.
    public init(configuration: MQTTClientConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        self.deliveries = MQTTDeliveries(
            handoff: Handoff(maximumDroppable: configuration.maximumWaitingQoS0, overflow: .dropNewest) {
                $0.receipt == nil
            }
        )
        self.events = MQTTEvents(
            handoff: Handoff(maximumDroppable: MQTTEvents.limit, overflow: .dropOldest) { _ in true }
        )
    }

    /// What the server said when it took the present connection; `nil` while there is none.
    public var connection: MQTTConnectionInformation? { nil }

    /// Connects, resumes the session and comes back after each loss of the connection, until the client is closed.
    ///
    /// Graceful shutdown closes the client as ``close(endingSession:)`` with `false` does. Cancelling the task drops the
    /// connection at once without a word to the server, as a crash would.
    ///
    /// - Throws: ``MQTTClientError`` when the client can not go on: the session was taken over, the server refused
    ///   the client for good, the first connection failed and is not tried again; `CancellationError` when cancelled.
    public func run() async throws {
        throw MQTTClientError(.notSupported, "being built")
    }

    /// Runs a client for as long as a closure runs, connected when the closure starts.
    ///
    /// - Parameters:
    ///   - configuration: What the client is told.
    ///   - logger: Where it logs.
    ///   - endingSession: Whether the session ends with the closure; otherwise the server keeps it.
    ///   - body: What to do with the client.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure or ``run()`` throws.
    public static func withConnection<Result: Sendable>(
        _ configuration: MQTTClientConfiguration,
        logger: Logger,
        endingSession: Bool = false,
        _ body: @Sendable (MQTTClient) async throws -> Result
    ) async throws -> Result {
        throw MQTTClientError(.notSupported, "being built")
    }

    /// Subscribes to topic filters.
    ///
    /// - Parameters:
    ///   - subscriptions: The filters; one packet for all that have the same identifier.
    ///   - userProperties: User properties of the SUBSCRIBE packets.
    /// - Returns: The server's answer to each filter, in their order; look for ``MQTTReasonCode/isError``.
    /// - Throws: ``MQTTClientError`` when no answer came or the request can not be made.
    public func subscribe(
        _ subscriptions: [MQTTSubscription],
        userProperties: [MQTTUserProperty] = []
    ) async throws(MQTTClientError) -> [MQTTReasonCode] {
        throw MQTTClientError(.notSupported, "being built")
    }

    /// Ends subscriptions.
    ///
    /// - Parameter topicFilters: The filters, as they were subscribed.
    /// - Returns: The server's answer to each filter, in their order.
    /// - Throws: ``MQTTClientError`` when no answer came or the request can not be made.
    public func unsubscribe(_ topicFilters: [String]) async throws(MQTTClientError) -> [MQTTReasonCode] {
        throw MQTTClientError(.notSupported, "being built")
    }

    /// Publishes a message and waits until the server acknowledged it; at QoS 0, until it was handed to the network.
    ///
    /// A message that was sent but not acknowledged when the connection ended is sent again, in order and marked as
    /// a duplicate, after the client came back.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - timeout: How long to wait, time without a connection included; `nil` for as long as it takes. A message that
    ///     was sent before the time was over may still arrive.
    /// - Returns: What the server said.
    /// - Throws: ``MQTTClientError``; with ``MQTTClientError/Code/publishRefused`` when the server did not take it.
    @discardableResult
    public func publish(
        _ message: MQTTMessage,
        timeout: Duration? = nil
    ) async throws(MQTTClientError) -> MQTTPublishResult {
        throw MQTTClientError(.notSupported, "being built")
    }

    /// Publishes a request and waits for its answer (MQTT 5.0 §4.10).
    ///
    /// The message's response topic is used if it has one, else the client's own; the client subscribes to each such
    /// topic once. The message's correlation data is used if it has some, else the client makes it unique.
    ///
    /// - Parameters:
    ///   - message: The request.
    ///   - timeout: How long to wait for the answer.
    /// - Returns: The answer.
    /// - Throws: ``MQTTClientError``; with ``MQTTClientError/Code/timedOut`` when no answer came in time.
    public func request(_ message: MQTTMessage, timeout: Duration) async throws(MQTTClientError) -> MQTTMessage {
        throw MQTTClientError(.notSupported, "being built")
    }

    /// Ends ``deliveries``: from now on no message is handed out.
    ///
    /// Messages that arrived and were not taken stay unacknowledged, so that the server hands them to others when
    /// the connection ends. Publishing, acknowledging and requests go on.
    public func stopReceiving() {
        self.deliveries.handoff.finish(discarding: true)
    }

    /// Says good-bye to the server, closes the connection and ends ``run()``.
    ///
    /// Acknowledgements given before are sent first, as far as their order allows. Publishes that wait fail with
    /// ``MQTTClientError/Code/closed``.
    ///
    /// - Parameter endingSession: Whether the server forgets the session; otherwise it keeps it for
    ///   ``MQTTClientConfiguration/sessionExpiry``.
    public func close(endingSession: Bool) async {
    }
}
