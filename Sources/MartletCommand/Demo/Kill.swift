/// One entry of the kill schedule.
struct Kill: Equatable, Sendable {
    /// When, counted from the first message.
    var at: Duration
    var target: Target

    enum Target: Equatable, Sendable {
        /// The replica of this index.
        case replica(Int)
        case broker
    }
}
