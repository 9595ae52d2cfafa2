import GRDB
import Journal

/// What is done between appends: after one was answered, before the next begins.
extension JournalDatabase {
    /// Copies the log into the file when it is large enough, and gives free space back to the disk bit by bit.
    ///
    /// What is durable stays so whatever happens here. Want of space is tried again after the next append; after any other error nothing
    /// more is written, as after a failed append.
    func tidy() {
        guard failure == nil else { return }
        do {
            if logBytes >= (liveBytes <= bounds.smallBytes ? bounds.logBytesWhileSmall : bounds.logBytes) {
                mark.sync()
                try checkpoint()
            }
            if appendsSinceLook >= bounds.appendsBetweenLooks {
                try look()
                try shrink()
                reserve.establish(leaving: reserve.byteCount)
            }
        } catch {
            let reason = JournalError(error, file: files.database)
            if reason.code.isFinal { failure = reason }
        }
    }

    /// Copies the log into the file.
    ///
    /// The next append begins the log anew.
    func checkpoint() throws {
        try queue.writeWithoutTransaction { db in
            // Passive is complete here: no other connection can be reading.
            let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
            guard let row, (row[0] as DatabaseValue) == 0.databaseValue else { return }
            logBytes = 0
        }
        try look()
    }

    /// Counts what is in use and what is free.
    func look() throws {
        let counts = try queue.inDatabase { try Self.pageCounts($0) }
        appendsSinceLook = 0
        liveBytes = (counts.all - counts.free) * Self.pageSize
        freeBytes = counts.free * Self.pageSize
    }

    /// Cuts free pages off the file's end, moving what lies there, when there are far more than will be used soon.
    private func shrink() throws {
        guard freeBytes > max(bounds.keptFreeBytes, liveBytes) else { return }
        let pages = bounds.bytesGivenBackAtOnce / Self.pageSize
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA incremental_vacuum(\(pages))")
        }
        logBytes += 2 * bounds.bytesGivenBackAtOnce
    }

    static func pageCounts(_ db: Database) throws -> (all: Int, free: Int) {
        func count(_ pragma: String) throws -> Int {
            try Int.fetchOne(db.cachedStatement(sql: "PRAGMA \(pragma)")) ?? 0
        }
        return (try count("page_count"), try count("freelist_count"))
    }
}
