import CrashPoints
import Foundation
import GRDB
import Journal

/// The SQLite file, open for writing.
///
/// Lives on the journal's thread.
final class JournalDatabase {
    /// How much room an append left.
    struct Space: Sendable {
        /// Bytes that the pages may still take, where that was limited.
        var bytesLeft: UInt64?
    }

    static let pageSize = 8192

    let files: JournalFiles
    let bounds: SQLiteJournalOptions.Bounds
    let queue: DatabaseQueue
    let mark: ConfirmedMark
    let reserve: SpaceReserve

    /// About how many bytes the log has grown since the last checkpoint.
    var logBytes = 0
    /// About how many bytes of pages were in use at the last look.
    var liveBytes = 0
    /// About how many bytes of the file were free at the last look.
    var freeBytes = 0
    var appendsSinceLook = 0
    /// Why nothing more is written.
    var failure: JournalError?
    private let maximumPages: Int?
    private var wasFull = false
    private var last: UInt64
    private var droppedBelow: UInt64

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - files: Where it lies.
    ///   - options: The bounds.
    ///   - mark: The mark that is written after each append.
    ///   - reserve: The space that is given up when the disk is full.
    ///   - newest: The newest page that was ever appended, and what was dropped.
    /// - Throws: What SQLite says about the file, in the journal's words.
    init(
        files: JournalFiles,
        options: SQLiteJournalOptions,
        mark: ConfirmedMark,
        reserve: SpaceReserve,
        newest: ConfirmedMark.Value
    ) throws(JournalError) {
        self.files = files
        bounds = options.bounds
        self.mark = mark
        self.reserve = reserve
        last = newest.number
        droppedBelow = newest.droppedBelow
        maximumPages = options.maximumBytes.map { max(8, Int(clamping: $0) / Self.pageSize) }
        do {
            // Before there is a file: a file without a mark is one that lost it.
            mark.write(newest)
            if !files.exists(files.database) {
                try Self.create(files.creating, bounds: options.bounds, files: files).close()
                try files.move(files.creating, to: files.database)
            }
            queue = try Self.open(files.database, bounds: options.bounds, maximumPages: maximumPages)
            try files.syncDirectory()
            try look()
            reserve.establish(leaving: reserve.byteCount)
        } catch {
            throw JournalError(error, file: files.database)
        }
    }

    /// Makes a new file under a name for the time being: a half-made one is never taken for a journal.
    static func create(
        _ path: String,
        bounds: SQLiteJournalOptions.Bounds,
        files: JournalFiles
    ) throws -> DatabaseQueue {
        for ending in ["", "-wal", "-shm", "-journal"] { try files.remove(path + ending) }
        let queue = try open(path, bounds: bounds)
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try JournalHeader().create(db)
                return .commit
            }
        }
        return queue
    }

    /// Opens a connection that may write.
    static func open(
        _ path: String,
        bounds: SQLiteJournalOptions.Bounds,
        maximumPages: Int? = nil
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "martlet-journal"
        configuration.busyMode = .immediateError
        configuration.prepareDatabase { db in
            // Only a new file takes these two.
            try db.execute(sql: "PRAGMA page_size = \(pageSize)")
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            // Before the first access: then the log's index needs no shared memory, and nobody else can open the file.
            try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
            guard mode == "wal" else {
                throw JournalError(.io, "The file system under \(path) allows no write-ahead log.")
            }
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // On Apple systems, so that a commit reaches the disk and not only the drive's memory.
            try db.execute(sql: "PRAGMA fullfsync = ON")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            // A log that one large append blew up is cut when it begins anew.
            _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = \(2 * bounds.logBytesWhileSmall)")
            try db.execute(sql: "PRAGMA cache_size = -\(bounds.cacheBytes / 1024)")
            // Debian's SQLite overwrites what is deleted with zeros by default: work for nothing here.
            _ = try Int.fetchOne(db, sql: "PRAGMA secure_delete = OFF")
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(maximumPages ?? Int(Int32.max))")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Makes pages durable, and drops dead ones in the same transaction.
    func append(_ pages: [JournalPage], dropBelow: UInt64) -> Result<Space, JournalError> {
        if let failure { return .failure(failure) }
        if pages.isEmpty, dropBelow <= droppedBelow { return .success(Space(bytesLeft: bytesLeft())) }
        do {
            try commitMakingRoom(pages, dropBelow: dropBelow)
        } catch {
            let reason = JournalError(error, file: files.database)
            wasFull = reason.code == .full
            return .failure(reason)
        }
        wasFull = false
        last = pages.last?.number ?? last
        droppedBelow = dropBelow
        mark.write(ConfirmedMark.Value(number: last, droppedBelow: dropBelow))
        appendsSinceLook += 1
        return .success(Space(bytesLeft: bytesLeft()))
    }

    /// Reads one page.
    func read(_ number: UInt64) -> Result<JournalPage, JournalError> {
        guard number <= UInt64(Int64.max) else { return .failure(.notFound(number)) }
        do {
            let row = try queue.inDatabase { db in
                let statement = try db.cachedStatement(sql: "SELECT \(StoredPage.columns) FROM page WHERE number = ?")
                return try Row.fetchOne(statement, arguments: [Int64(number)])
            }
            guard let row else { return .failure(.notFound(number)) }
            guard let stored = StoredPage(row) else {
                return .failure(JournalError(.damaged, "The row of page \(number) is not what was written."))
            }
            if let damage = stored.damage { return .failure(JournalError(.damaged, "\(damage)")) }
            return .success(stored.page)
        } catch {
            return .failure(JournalError(error, file: files.database))
        }
    }

    /// Closes the file; SQLite copies what is left in the log.
    func close() {
        mark.sync()
        // An error here loses nothing: the log stays and is read when the journal is opened next.
        try? queue.close()
    }

    /// Commits, and makes space where there is none, as far as that goes.
    private func commitMakingRoom(_ pages: [JournalPage], dropBelow: UInt64) throws {
        do {
            return try commit(pages, dropBelow: dropBelow)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            // The caller has been told once, and takes no more than it must: it gets the reserve.
            if wasFull, (files.freeBytes ?? .max) < UInt64(reserve.byteCount) { reserve.release() }
        }
        // After a checkpoint the log begins anew in the space that it has. Where that fails, so will the commit.
        try? checkpoint()
        try commit(pages, dropBelow: dropBelow)
    }

    private func commit(_ pages: [JournalPage], dropBelow: UInt64) throws {
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                CrashPoint.beforeJournalWrite.reached()
                if dropBelow > droppedBelow {
                    try db.cachedStatement(sql: "DELETE FROM page WHERE number < ?")
                        .execute(arguments: [Int64(clamping: dropBelow)])
                }
                let insert = try db.cachedStatement(sql: StoredPage.insertion)
                var previous = last
                for page in pages {
                    let stored = StoredPage(page, previous: previous, droppedBelow: dropBelow)
                    try insert.execute(arguments: stored.arguments)
                    CrashPoint.afterJournalWrite.reached()
                    previous = page.number
                    logBytes += (page.bytes.count / Self.pageSize + 2) * Self.pageSize
                }
                if pages.isEmpty {
                    // No page carries the news: the header does.
                    try JournalHeader(accounted: last, droppedBelow: dropBelow).write(db)
                }
                // The table's root, the free list's trunk and the file's first page.
                logBytes += 3 * Self.pageSize
                CrashPoint.beforeFsync.reached()
                return .commit
            }
            CrashPoint.afterFsync.reached()
        }
    }

    private func bytesLeft() -> UInt64? {
        guard let maximumPages else { return nil }
        let counts = try? queue.read { try Self.pageCounts($0) }
        guard let counts else { return nil }
        return UInt64(max(0, maximumPages - counts.all + counts.free) * Self.pageSize)
    }
}

extension JournalError {
    static func notFound(_ number: UInt64) -> JournalError {
        JournalError(.notFound, "There is no page \(number).")
    }
}
