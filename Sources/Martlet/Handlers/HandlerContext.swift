public import Logging
public import MQTTClient

/// What a handler knows about the message in its hands, and what it can do besides returning.
///
/// There is nothing in it to acknowledge a message with: the worker does that, after the handler has returned.
public struct HandlerContext: Sendable {
    /// The message as it arrived, its payload not decoded.
    public let message: MQTTMessage
    /// What stands in the place of each `+` of the filter, and last what `#` stands for.
    ///
    /// For the filter `orders/+/items/#` and the topic `orders/7/items/a/b` these are `7` and `a/b`.
    public let captures: [String]
    /// Which attempt to handle the message this is, from 1.
    ///
    /// At level A the broker counts, over all replicas; else this is the how manieth of this worker since it got the message.
    public let attempt: Int
    /// After which attempt the message goes to the dead letter topic.
    public let maximumAttempts: Int
    /// Whether the broker says that it sent the message before: this or another replica may have handled it already.
    public let redelivered: Bool
    /// What the message is called: the same each time it comes, at any replica; `nil` where nobody knows.
    ///
    /// At level A the broker gives it. Else it is a user property of the message: `martlet-id`, or the one named by
    /// ``WorkerConfiguration/messageIdentifierProperty``.
    public let messageIdentifier: String?
    /// The name of the handler.
    public let handler: String
    /// The group that shares the messages.
    public let group: String
    /// Which worker and replica this is.
    public let worker: WorkerIdentity
    /// A logger that names handler, topic and attempt in each line.
    public let logger: Logger
    /// What the handler keeps from message to message.
    public let state: HandlerState

    let stage: PublishStage
    var deadline: Duration?
    let time: WorkerTime
    let stop: Latch<Void>

    /// The topic that the message was published to.
    public var topic: String { message.topic }

    /// What travelled with the payload.
    public var properties: MQTTMessageProperties { message.properties }

    /// How much time is left until the handler's deadline, never negative; `nil` without a deadline.
    ///
    /// At the deadline the handler's task is cancelled, and what it then throws counts as a failed attempt.
    public var timeLeft: Duration? {
        deadline.map { max($0 - time.now, .zero) }
    }

    /// Whether the worker has been asked to stop; a handler that takes long may break off by throwing, and its
    /// message goes to another replica.
    public var isDraining: Bool { stop.value != nil }
}
