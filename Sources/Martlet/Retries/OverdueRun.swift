/// A run of a handler that is past its deadline and has not ended.
struct OverdueRun: Sendable {
    /// How long the run may take.
    let deadline: Duration
    /// Set when the run has ended.
    let ended: Latch<Void>
}
