/// What an observer of the sample's handler is told.
public enum HandlingEvent: Sendable, Equatable {
    /// The handler has begun with the reading of this name (``Temperatures/readingName(station:date:hour:)``).
    case started(reading: String)
    /// The handler is about to return from it.
    case finished(reading: String)
}
