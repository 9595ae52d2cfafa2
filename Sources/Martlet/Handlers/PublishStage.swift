import MQTTClient
import MQTTPackets
import NIOCore
import Synchronization

/// What one attempt of a handler published so far.
///
/// Nothing of it is sent before the handler has returned; after that nothing is taken any more.
final class PublishStage: Sendable {
    /// What bounds a stage.
    enum Limits {
        /// The most messages that one attempt may publish.
        static let messages = 1000
        /// The most bytes of payload and topic that one attempt may publish.
        static let bytes = 16 << 20
    }

    private struct State {
        var messages: [MQTTMessage] = []
        var bytes = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Adds a message.
    ///
    /// - Parameter message: The message.
    /// - Throws: ``WorkerError`` when the topic is not valid, the stage is full or closed.
    func append(_ message: MQTTMessage) throws(WorkerError) {
        guard TopicName.isValid(message.topic) else {
            throw WorkerError(.invalidPublish, "no message can be published to the topic '\(message.topic)'")
        }
        guard message.qos != .exactlyOnce else {
            throw WorkerError(
                .invalidPublish,
                "a handler publishes at QoS 0 or 1: what makes its messages come once is their commit"
            )
        }
        let error = state.withLock { state -> WorkerError? in
            if state.isClosed {
                return WorkerError(.contextClosed, "the handler has returned; a publish would belong to nothing")
            }
            let bytes = state.bytes + message.topic.utf8.count + message.payload.readableBytes
            if state.messages.count == Limits.messages || bytes > Limits.bytes {
                return WorkerError(
                    .publishLimit,
                    "one message may publish \(Limits.messages) messages and \(Limits.bytes) bytes at the most"
                )
            }
            state.messages.append(message)
            state.bytes = bytes
            return nil
        }
        if let error { throw error }
    }

    /// Takes no more messages, and gives those that were taken.
    ///
    /// - Returns: The messages in the order in which they were published.
    func close() -> [MQTTMessage] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }
}
