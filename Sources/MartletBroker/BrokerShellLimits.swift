import NIOCore

/// The bounds of the shell: what is not the engine's to limit.
struct BrokerShellLimits: Sendable {
    /// Bytes of facts that wait for the journal; past it no socket is read until it has caught up.
    var unwrittenJournalBytes = 64 << 20
    /// Bytes of answers for a peer that does not read; past it that peer is not read from either.
    var unreadOutputBytes = 1 << 20
    /// How long the last bytes of a connection may take to leave.
    var closeDeadline = TimeAmount.seconds(5)
    /// Free bytes below which new durable messages are refused, so that acknowledgements can still be written.
    var journalReserve: UInt64 = 32 << 20
    /// Time between two tries to write after the journal was full.
    var retryInterval = TimeAmount.milliseconds(250)
    /// How fast connections may come, and how many of one network.
    var connections = ConnectionLimits()
    /// Time between two ticks.
    var tickInterval = TimeAmount.milliseconds(500)
}
