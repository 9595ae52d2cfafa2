/// A numbered instant: before (odd) or after (even) one of the nine steps of a message's way.
///
/// The steps of the worker are receive, handle, stage, send commit, checkpoint and PUBACK; those of the broker are journal write, fsync and
/// answer. A call costs a comparison in a debug build, and nothing in a release build.
package enum CrashPoint: Int, CaseIterable, Sendable {
    /// The worker's client has a delivery; the worker has not taken it yet.
    case beforeReceive = 1
    /// The worker has taken a delivery into a slot.
    case afterReceive
    /// The message is decoded and its handler about to be called.
    case beforeHandle
    /// The handler has returned.
    case afterHandle
    /// What the handler wants done is about to be made into operations of a commit.
    case beforeStage
    /// The operations of the commit are complete.
    case afterStage
    /// The commit is about to be handed to the client.
    case beforeSendCommit
    /// The commit was handed to the client; no answer has come yet.
    case afterSendCommit
    /// The broker is about to write the row of a page.
    case beforeJournalWrite
    /// The row of a page is written, in a transaction that is still open.
    case afterJournalWrite
    /// The transaction is about to be made durable.
    case beforeFsync
    /// The transaction is durable; nobody was told.
    case afterFsync
    /// The answers that waited for a durable page are about to leave.
    case beforeAnswer
    /// The answers are in the hands of the system.
    case afterAnswer
    /// The worker is about to write a committed change to its checkpoint.
    case beforeCheckpoint
    /// The change is in the checkpoint.
    case afterCheckpoint
    /// The delivery is about to be acknowledged on the wire.
    case beforePuback
    /// The acknowledgement was handed to the client.
    case afterPuback

    /// Which program comes to the point.
    package enum Program: Sendable {
        case worker, broker
    }

    /// Which program comes to the point.
    package var program: Program {
        switch self {
        case .beforeJournalWrite, .afterJournalWrite, .beforeFsync, .afterFsync, .beforeAnswer, .afterAnswer: .broker
        default: .worker
        }
    }

    /// Says that the program has come to this point; does not return where the process was armed with it and the count is full.
    @inlinable
    package func reached() {
        #if MARTLET_CRASH_POINTS
        CrashPoint.pass(self)
        #endif
    }

    #if MARTLET_CRASH_POINTS
    @usableFromInline
    package static func pass(_ point: CrashPoint) {
        CrashPoints.pass(point)
    }
    #endif
}
