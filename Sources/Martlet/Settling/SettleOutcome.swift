/// What came of making a run's effects happen.
enum SettleOutcome: Sendable {
    /// All of it has happened.
    case done
    /// None of it happened, since others changed what the run saw: run again.
    case again(any Error)
    /// None of it happened, since it happened before, or another replica has the message now.
    case gone
    /// None of it happened, or not all, and no try will help.
    case refused(any Error)
    /// Not now: the broker has no room, or no answer came.
    case busy(any Error)
    /// The worker stops before it could happen.
    case stopped
    /// Nobody knows whether it happened: the connection was lost. If it did not, the message comes again.
    case lost
}
