/// What happens to a client's connection, oldest first.
///
/// At most ``limit`` events wait; past that the oldest is dropped and counted.
public struct MQTTEvents: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = MQTTEvent
    /// It never throws.
    public typealias Failure = Never

    /// How many events wait at most.
    public static let limit = 64

    let handoff: Handoff<MQTTEvent>

    /// How many events were dropped because nobody took them in time.
    public var droppedCount: Int { self.handoff.dropped }

    /// Makes an iterator; an iterator holds no events of its own.
    ///
    /// - Returns: An iterator over the events to come.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(handoff: self.handoff)
    }

    /// Takes events one after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let handoff: Handoff<MQTTEvent>

        /// Waits for the next event.
        ///
        /// - Returns: The event, or `nil` at the end or when the task is cancelled.
        public mutating func next() async -> MQTTEvent? {
            await self.handoff.next()
        }

        /// Waits for the next event.
        ///
        /// - Parameter actor: Where the caller runs.
        /// - Returns: The event, or `nil` at the end or when the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> MQTTEvent? {
            await self.handoff.next()
        }
    }
}
