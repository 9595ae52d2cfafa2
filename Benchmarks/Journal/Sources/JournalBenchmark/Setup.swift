/// One way to keep the journal, and the load that it gets.
struct Setup: Sendable {
    /// What a row holds.
    enum Layout: String, Sendable {
        /// A row a page of records.
        case page
        /// A row a message.
        case message
        /// A page in several rows that fit into a SQLite page each: no overflow pages.
        case chunks
        /// No SQLite: one file, grown or preallocated, `fdatasync` a commit. The limit of this disk.
        case file
        case preallocatedFile
    }

    var name: String
    var layout = Layout.page
    var messagesInCommit = 200
    var pageSize = 4096
    var checkpointPages = 1000
    /// 0: delete as SQLite is compiled (Debian: overwrite what is deleted with zeros).
    ///
    /// 1: leave the bytes.
    var leavesDeletedBytes = true
    var autoVacuum = 0
    var exclusive = true
    var synchronous = "FULL"
    /// How many commits stay alive; older ones are dropped with every commit.
    ///
    /// 0: nothing is dropped.
    var liveCommits = 50
    var commits = 0
    var cachePages = 500
    /// Checkpoint by hand when the log has grown to this many frames, instead of by `wal_autocheckpoint`.
    var manualCheckpoint = false
    var payload = 256
}
