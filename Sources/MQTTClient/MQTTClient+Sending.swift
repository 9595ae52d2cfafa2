extension MQTTClient {
    /// Publishes a message without waiting: what one thread sends leaves in the order of its calls.
    ///
    /// It is kept and sent again as ``publish(_:timeout:)`` says.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - onEnd: Is told how it ended, between the client's own steps: it must not block.
    /// - Throws: ``MQTTClientError`` when it cannot be sent at all: it is no message, or past the queue's limits.
    package func send(
        _ message: MQTTMessage,
        onEnd: (@Sendable (Result<MQTTPublishResult, MQTTClientError>) -> Void)? = nil
    ) throws(MQTTClientError) {
        let packet = try message.packet()
        let size = message.size
        let expiry = message.properties.expiry.map { core.clock.now() + $0 }
        let operation = PublishOperation(
            number: core.inbox.makeNumber(),
            packet: packet,
            size: size,
            expiry: expiry,
            deadline: nil,
            waiter: onEnd.map { .closure($0) } ?? .nobody
        )
        try core.inbox.submit(.publish(operation), size: size)
    }
}
