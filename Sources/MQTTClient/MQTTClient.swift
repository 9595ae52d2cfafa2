public import Logging
public import ServiceLifecycle
import Synchronization

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

    let core: ClientCore
    let listeners: ListenerBook

    /// Makes a client; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: What the client is told; checked by ``run()``.
    ///   - logger: Where it logs.
    public init(configuration: MQTTClientConfiguration, logger: Logger) {
        self.configuration = configuration
        self.deliveries = MQTTDeliveries(
            handoff: Handoff(maximumDroppable: configuration.maximumWaitingQoS0, overflow: .dropNewest) {
                $0.receipt == nil
            }
        )
        self.events = MQTTEvents(
            handoff: Handoff(maximumDroppable: MQTTEvents.limit, overflow: .dropOldest) { _ in true }
        )
        self.listeners = ListenerBook()
        self.core = ClientCore(
            configuration: configuration,
            listeners: self.listeners,
            deliveries: self.deliveries.handoff,
            events: self.events.handoff,
            logger: logger
        )
    }

    /// What the server said when it took the present connection; `nil` while there is none.
    public var connection: MQTTConnectionInformation? {
        self.core.information.withLock { $0 }
    }

    /// How many messages and subscription requests wait to be sent or to be acknowledged by the server.
    public var waitingMessages: Int { self.core.inbox.waitingMessages }

    /// Asks the event loop for something and waits for the answer.
    ///
    /// - Parameters:
    ///   - size: What it counts against the limit of bytes; `nil` for what does not count at all.
    ///   - makeCommand: Makes what is asked of the operation's number and the way to answer.
    /// - Returns: The answer.
    /// - Throws: ``MQTTClientError``, with ``MQTTClientError/Code/cancelled`` when the task is cancelled.
    func ask<Answer: Sendable>(
        size: Int? = nil,
        _ makeCommand: (UInt64, Reply<Answer>) -> ClientCommand
    ) async throws(MQTTClientError) -> Answer {
        if Task.isCancelled { throw MQTTClientError(.cancelled, "the task was cancelled") }
        let inbox = self.core.inbox
        let number = inbox.makeNumber()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (reply: Reply<Answer>) in
                do throws(MQTTClientError) {
                    try inbox.submit(makeCommand(number, reply), size: size)
                } catch {
                    reply.resume(returning: .failure(error))
                    return
                }
                // The handler below may have run before the command was there, and then cancelled nothing.
                if Task.isCancelled { try? inbox.submit(.cancel(number: number)) }
            }
        } onCancel: {
            try? inbox.submit(.cancel(number: number))
        }
        return try result.get()
    }
}
