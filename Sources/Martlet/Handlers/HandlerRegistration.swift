public import MQTTClient

/// A handler, the filter whose messages it gets, and how it gets them.
///
/// ```swift
/// HandlerRegistration("orders/+/placed", handler: OrderHandler(), retry: RetryPolicy(attempts: 8))
/// ```
public struct HandlerRegistration: Sendable {
    /// What the handler is called in logs, metrics and dead letters.
    public let name: String
    /// The topic filter, without a share.
    public let filter: String
    /// The group that shares the messages; `nil` for the worker's own.
    public let group: String?
    /// The strongest quality of service of the subscription.
    public let qos: MQTTQoS
    /// How failed messages are tried again; `nil` for the worker's own policy.
    public let retry: RetryPolicy?
    /// How long one attempt may take; `nil` for the worker's own.
    public let deadline: Duration?

    let run: @Sendable (MQTTMessage, HandlerContext) async throws -> Void
    let failureAction: @Sendable (any Error, HandlerContext) -> FailureAction
    let start: @Sendable () async throws -> Void
    let stop: @Sendable () async -> Void

    /// Registers a handler.
    ///
    /// - Parameters:
    ///   - filter: The topic filter, without `$share`; it is checked when the worker is made.
    ///   - handler: The handler.
    ///   - name: What the handler is called in logs, metrics and dead letters; its type's name if none is given.
    ///   - group: The group that shares the messages; the worker's own if none is given. Each group gets every message.
    ///   - qos: The strongest quality of service. At QoS 0 messages are lost when the worker or the connection is. QoS 2 pins a message to the
    ///     replica that got it ([MQTT-4.8.2-4]): it waits for that replica, and is lost when its session ends. At level A the broker grants QoS 1
    ///     for it, because commits apply each message once already.
    ///   - retry: How failed messages are tried again; the worker's own policy if none is given.
    ///   - deadline: How long one attempt may take; the worker's own if none is given.
    public init<H: Handler>(
        _ filter: String,
        handler: H,
        name: String? = nil,
        group: String? = nil,
        qos: MQTTQoS = .atLeastOnce,
        retry: RetryPolicy? = nil,
        deadline: Duration? = nil
    ) {
        self.filter = filter
        self.name = name ?? String(describing: type(of: handler))
        self.group = group
        self.qos = qos
        self.retry = retry
        self.deadline = deadline
        let codec = handler.codec
        self.run = { message, context in
            let decoded: H.Message
            do {
                decoded = try codec.decode(message.payload, properties: message.properties)
            } catch {
                throw WorkerError(.undecodable, "the payload can not be decoded", cause: error)
            }
            try await handler.handle(decoded, context: context)
        }
        self.failureAction = { handler.failureAction(for: $0, context: $1) }
        self.start = { try await handler.start() }
        self.stop = { await handler.stop() }
    }
}
