/// What is needed only while the journal is read back.
struct RecoveryState {
    /// Messages by their identity: a record may stand on two pages when the broker died while it moved one.
    var messageBySequence: [UInt64: Int32] = [:]
    /// What each group still has, by the message's identity.
    var groupMessages: [Int32: [UInt64: Int32]] = [:]
    /// Deliveries of groups that ended in vain, by the message's identity.
    var groupAttempts: [Int32: [UInt64: RecoveredAttempt]] = [:]
    /// Sessions whose own record was not seen yet: it may follow, moved behind the messages that name it.
    var unknownSessions: Set<Int32> = []
    /// Likewise for groups.
    var unknownGroups: Set<Int32> = []
    /// Subscriptions seen, in order: made when all sessions are known.
    var subscriptions: [Int32: [[UInt8]: RecoveredSubscription]] = [:]
    /// When sessions lost their connection, as far as a record says so.
    var disconnected: [Int32: RecoveredDisconnect] = [:]
    /// The second in which the messages that are read now arrived; 0 where the page does not say.
    var arrived: UInt32 = 0
    /// Records that could not be understood.
    var unreadable = 0
}

/// A subscription read from the journal.
struct RecoveredSubscription {
    var options: UInt8
    var identifier: UInt32
    var fact: FactPlace
}

/// How often a delivery ended in vain, read from the journal.
struct RecoveredAttempt {
    var attempts: UInt32
    /// When it comes again.
    var due: EngineTime
    /// Why they ended.
    var history = AttemptHistory()
}

/// The end of a connection read from the journal.
struct RecoveredDisconnect {
    var endsAt: EngineTime
    var willAt: EngineTime
    var hasWill: Bool
}
