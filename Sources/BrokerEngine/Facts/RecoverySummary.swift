/// What an engine found in its journal.
package struct RecoverySummary: Sendable, Equatable {
    /// Sessions that go on.
    package var sessions = 0
    /// Subscriptions of theirs.
    package var subscriptions = 0
    /// Messages that wait or are retained.
    package var messages = 0
    /// Retained messages among them.
    package var retained = 0
    /// Keys of the state store.
    package var stateKeys = 0
    /// Records that were damaged or could not be understood, and are lost.
    package var unreadableRecords = 0
    /// Sessions that messages name and that no record describes: lost with a damaged page.
    package var lostSessions = 0

    package init() {}
}
