import GRDB
import Journal

/// A connection that reads and never writes: what is evidence of damage stays as it is, the log included.
struct JournalReader {
    private let queue: DatabaseQueue
    private let files: JournalFiles
    private let probes: Int
    private let hadLog: Bool

    /// How many findings of SQLite's own check are reported.
    private static let findings = 10

    init(files: JournalFiles, probes: Int) throws {
        self.files = files
        self.probes = probes
        hadLog = files.exists(files.log)
        var configuration = Configuration()
        configuration.label = "martlet-journal-reader"
        configuration.readonly = true
        configuration.busyMode = .immediateError
        queue = try DatabaseQueue(path: files.database, configuration: configuration)
    }

    func close() {
        try? queue.close()
        // What this connection made: the log's index, and an empty log where there was none. Nobody else has them open: the
        // directory is locked.
        try? files.remove(files.logIndex)
        if !hadLog, files.size(files.log) == 0 { try? files.remove(files.log) }
    }

    func inDatabase(_ body: (Database) throws -> Void) throws { try queue.inDatabase(body) }

    /// Reads the header, and lets SQLite check its own structure.
    ///
    /// Rows alone do not show everything: a free page that is in use too would be overwritten by a later append.
    func inspect(_ db: Database, _ ledger: inout PageLedger) throws {
        do {
            ledger.enter(try JournalHeader.read(db))
        } catch let error as JournalError where error.code == .damaged {
            ledger.broken(error.message)
        } catch let error as DatabaseError where error.isDamage || error.resultCode == .SQLITE_ERROR {
            // SQLITE_ERROR: there is no such table.
            ledger.broken("the journal's header row cannot be read: \(error)")
        }
        do {
            let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(\(Self.findings))")
            for finding in findings where finding != "ok" { ledger.broken("SQLite: \(finding)") }
        } catch let error as DatabaseError where error.isDamage {
            ledger.broken("SQLite cannot check the file: \(error)")
        }
    }

    /// The numbers of all pages that can be found, in order.
    ///
    /// Where the table's tree is broken: from the front, from the back, and one by one in between.
    func numbers(_ db: Database, _ ledger: inout PageLedger) throws -> [UInt64] {
        let front = try walk(db, "SELECT number FROM page ORDER BY number")
        guard let breakage = front.breakage else { return front.numbers }
        ledger.broken("the list of pages breaks off after page \(front.numbers.last ?? 0): \(breakage)")
        let afterFront = front.numbers.last.map { $0 + 1 } ?? 1
        let back = try walk(db, "SELECT number FROM page WHERE number >= \(afterFront) ORDER BY number DESC")
        let behind = back.numbers.last ?? afterFront + UInt64(probes)
        var between: [UInt64] = []
        if behind > afterFront, let probe = try? db.makeStatement(sql: "SELECT 1 FROM page WHERE number = ?") {
            for number in afterFront..<min(behind, afterFront + UInt64(probes)) {
                // An error is an answer too: this one cannot be found.
                let isThere = try? Row.fetchOne(probe, arguments: [Int64(clamping: number)])
                if isThere != nil { between.append(number) }
            }
        }
        return front.numbers + between + back.numbers.reversed()
    }

    /// One row.
    func row(_ db: Database, _ number: UInt64) throws -> Result<StoredPage, UnreadableRow> {
        do {
            let row = try first(db, StoredPage.columns, number)
            guard let row else {
                return .failure(UnreadableRow(reason: "its row is not found again", records: 0))
            }
            guard let stored = StoredPage(row), stored.number == number else {
                return .failure(UnreadableRow(reason: "its row is not what was written", records: 0))
            }
            return .success(stored)
        } catch let error as DatabaseError where error.isDamage {
            // The bytes often lie on pages of their own; the counts before them may still be there.
            let records = try? first(db, "records", number).flatMap { Int.fromDatabaseValue($0[0]) }
            return .failure(UnreadableRow(reason: "SQLite cannot read it: \(error)", records: max(0, records ?? 0)))
        }
    }

    private func first(_ db: Database, _ columns: String, _ number: UInt64) throws -> Row? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM page WHERE number = ?")
        return try Row.fetchOne(statement, arguments: [Int64(clamping: number)])
    }

    /// Walks over numbers in strict order until the end, or until something is wrong.
    private func walk(_ db: Database, _ sql: String) throws -> (numbers: [UInt64], breakage: String?) {
        var numbers: [UInt64] = []
        let isDescending = sql.hasSuffix("DESC")
        do {
            let cursor = try Row.fetchCursor(db, sql: sql)
            while let row = try cursor.next() {
                guard case .int64(let value) = (row[0] as DatabaseValue).storage, value > 0 else {
                    return (numbers, "a row has no number")
                }
                let number = UInt64(value)
                if let last = numbers.last, isDescending ? number >= last : number <= last {
                    return (numbers, "page \(number) comes after page \(last)")
                }
                numbers.append(number)
            }
            return (numbers, nil)
        } catch let error as DatabaseError where error.isDamage || error.resultCode == .SQLITE_ERROR {
            return (numbers, "\(error)")
        }
    }
}
