/// The messages that arrive for a client, oldest first.
///
/// At most ``MQTTClientConfiguration/receiveMaximum`` unacknowledged messages of QoS 1 and 2 are there or in the application's
/// hands at any time, because the server may not send more (see ``MQTTClientConfiguration/receiveMaximumAllowance`` and
/// ``MQTTClientConfiguration/receiveMaximumAllowanceBytes`` for servers that do). Several tasks may take from it: each message goes to one
/// of them. The sequence ends after ``MQTTClient/stopReceiving()`` and when the client ends.
public struct MQTTDeliveries: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = MQTTDelivery
    /// It never throws.
    public typealias Failure = Never

    let handoff: Handoff<MQTTDelivery>

    /// Makes an iterator; an iterator holds no messages of its own.
    ///
    /// - Returns: An iterator over the messages to come.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(handoff: self.handoff)
    }

    /// Takes messages one after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let handoff: Handoff<MQTTDelivery>

        /// Waits for the next message.
        ///
        /// - Returns: The message, or `nil` at the end or when the task is cancelled.
        public mutating func next() async -> MQTTDelivery? {
            await self.handoff.next()
        }

        /// Waits for the next message.
        ///
        /// - Parameter actor: Where the caller runs.
        /// - Returns: The message, or `nil` at the end or when the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> MQTTDelivery? {
            await self.handoff.next()
        }
    }
}
