/// What an observer of the sample's handler is told.
public enum HandlingEvent: Sendable, Equatable {
    /// The handler has begun with the day whose result goes to this topic.
    case started(topic: String)
    /// The handler is about to return from it.
    case finished(topic: String)
}
