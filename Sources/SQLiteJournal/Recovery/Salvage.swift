import GRDB
import Journal

/// Writes what is intact of a damaged journal into a new file, and sets the damaged files aside.
///
/// A crash at any point loses nothing: the new file takes its name `salvaged.sqlite` when it is complete and durable; from then
/// on the change is finished at the next start, before it the change is begun anew.
struct Salvage {
    let files: JournalFiles
    let bounds: SQLiteJournalOptions.Bounds

    /// Salvages.
    ///
    /// - Parameters:
    ///   - accounted: The newest page that was ever appended: no page up to it will be missed again.
    ///   - forEachIntact: Hands out what is intact.
    /// - Returns: The paths of the files that were set aside.
    /// - Throws: An error of writing, and what `forEachIntact` throws. Nothing was changed then.
    func run(
        accounted: UInt64,
        forEachIntact: ((JournalPage) throws -> Void) throws -> Void
    ) throws -> [String] {
        let queue = try JournalDatabase.create(files.salvaging, bounds: bounds, files: files)
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try JournalHeader(accounted: accounted).write(db)
                let insert = try db.cachedStatement(sql: StoredPage.insertion)
                var previous: UInt64 = 0
                try forEachIntact { page in
                    let stored = StoredPage(page, previous: previous, droppedBelow: 0)
                    try insert.execute(arguments: stored.arguments)
                    previous = page.number
                }
                return .commit
            }
        }
        try queue.close()
        try files.move(files.salvaging, to: files.salvaged)
        try files.syncDirectory()
        return try setAside()
    }

    /// Finishes what a crash interrupted.
    func finishInterrupted() throws {
        if files.exists(files.salvaged) { _ = try setAside() }
    }

    private func setAside() throws -> [String] {
        let prefix = try files.unusedPrefix()
        var aside: [String] = []
        // The pair keeps its ending, so that SQLite's own tools find the log beside the file.
        for (path, name) in [(files.log, "journal.sqlite-wal"), (files.database, "journal.sqlite")]
        where files.exists(path) {
            try files.move(path, to: files.path(prefix + name))
            aside.append(files.path(prefix + name))
        }
        try files.remove(files.logIndex)
        try files.move(files.salvaged, to: files.database)
        try files.syncDirectory()
        return aside
    }
}
