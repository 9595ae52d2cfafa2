import Foundation
import GRDB
import Journal

/// One SQLite file of a checkpoint.
///
/// | table | what |
/// | --- | --- |
/// | `value` | key, version (milliseconds, counter, node), value, the number of the write that used it last, a checksum over all but that |
/// | `note` | name, value, a checksum |
struct CheckpointFile: Sendable {
    /// The file is damaged, or none of ours: it must not be used.
    struct Damaged: Error {
        var reason: String
    }

    /// "mrtl", by which the file is known as one of ours.
    private static let application: Int32 = 0x6D72_746C
    private static let form = 1
    /// How much of the bound is left after an eviction, in hundredths.
    private static let kept: Int64 = 90
    /// How many damaged files are kept; then the last is written over.
    private static let damagedFiles = 8

    private let pool: DatabasePool
    private let maximumBytes: Int64

    /// Opens a file, or makes it.
    ///
    /// - Parameters:
    ///   - path: Where it lies.
    ///   - options: Its bounds.
    /// - Throws: ``Damaged``, or what GRDB says.
    init(path: String, options: CheckpointOptions) throws {
        maximumBytes = options.maximumBytes
        var configuration = Configuration()
        configuration.maximumReaderCount = 4
        configuration.label = "checkpoint"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        pool = try Self.telling {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { try Self.prepare($0) }
            return pool
        }
    }

    private static func prepare(_ db: Database) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let form = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        if tables > 0 || application != 0 {
            guard application == Self.application, form == Self.form else {
                throw Damaged(reason: "it is no checkpoint of this version (\(application), \(form))")
            }
            let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
            guard verdict == "ok" else { throw Damaged(reason: verdict ?? "it can not be checked") }
            return
        }
        try db.inTransaction {
            try db.execute(
                sql: """
                    PRAGMA application_id = \(Self.application);
                    PRAGMA user_version = \(Self.form);
                    CREATE TABLE value (
                        key BLOB NOT NULL UNIQUE, milliseconds INTEGER NOT NULL, counter INTEGER NOT NULL,
                        node TEXT NOT NULL, value BLOB NOT NULL, used INTEGER NOT NULL, checksum INTEGER NOT NULL
                    );
                    CREATE TABLE note (
                        name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, checksum INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    """
            )
            return .commit
        }
    }

    /// Closes the file, and with it its log: all that stands there goes into the file.
    func close() {
        // SQLite folds the log into the file and removes it when its last connection closes, if that one may write. The pool
        // closes its writer before its readers, so these must be gone already.
        pool.releaseMemory()
        // It fails only while somebody still reads: then the log stays, and the next one who opens the file reads it.
        try? pool.close()
    }

    // MARK: Reading

    private static let columns = "key, milliseconds, counter, node, value, checksum"

    func row(_ key: [UInt8]) throws -> CheckpointRow? {
        try Self.telling {
            try pool.unsafeRead { db in
                let statement = try db.cachedStatement(sql: "SELECT \(Self.columns) FROM value WHERE key = ?")
                return try Row.fetchOne(statement, arguments: [Data(key)]).map { try Self.checked($0) }
            }
        }
    }

    func rows(after key: [UInt8]?, limit: Int) throws -> [CheckpointRow] {
        try Self.telling {
            try pool.unsafeRead { db in
                let sql = "SELECT \(Self.columns) FROM value WHERE key > ? ORDER BY key LIMIT ?"
                // A BLOB is greater than any text, and every key has a byte at least.
                let rows = try Row.fetchCursor(db, sql: sql, arguments: [Data(key ?? []), limit])
                var found: [CheckpointRow] = []
                while let row = try rows.next() { found.append(try Self.checked(row)) }
                return found
            }
        }
    }

    func count() throws -> Int {
        try Self.telling { try pool.unsafeRead { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM value") ?? 0 } }
    }

    func newest() throws -> CheckpointVersion? {
        guard let text = try note("newest") else { return nil }
        let parts = String(decoding: text, as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let milliseconds = Int64(parts[0]), let counter = Int64(parts[1]) else { return nil }
        return CheckpointVersion(milliseconds: milliseconds, counter: counter, node: String(parts[2]))
    }

    func note(_ name: String) throws -> [UInt8]? {
        try Self.telling { try pool.unsafeRead { try Self.note(name, $0) } }
    }

    private static func note(_ name: String, _ db: Database) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT value, checksum FROM note WHERE name = ?")
        guard let row = try Row.fetchOne(statement, arguments: [name]) else { return nil }
        let value: Data = try row.decode(forColumn: "value")
        guard row["checksum"] as Int64? == checksum([Array(name.utf8), Array(value)]) else {
            throw Damaged(reason: "the checksum of the note '\(name)' is wrong")
        }
        return Array(value)
    }

    /// The row, if it is what was written.
    private static func checked(_ row: Row) throws -> CheckpointRow {
        guard let key = row["key"] as Data?, let value = row["value"] as Data?, let node = row["node"] as String?,
            let milliseconds = row["milliseconds"] as Int64?, let counter = row["counter"] as Int64?
        else { throw Damaged(reason: "a row has no right form") }
        let version = CheckpointVersion(milliseconds: milliseconds, counter: counter, node: node)
        let found = CheckpointRow(key: Array(key), version: version, value: Array(value))
        guard row["checksum"] as Int64? == checksum(of: found) else {
            throw Damaged(reason: "the checksum of a row is wrong")
        }
        return found
    }

    // MARK: Writing

    /// Writes changes in one transaction.
    func write(_ changes: [CheckpointChange], notes: [String: [UInt8]], used: Set<[UInt8]>) throws {
        try Self.telling {
            try pool.write { db in
                let number = (try Self.number(db)) + 1
                var newest = try newest(db)
                for change in changes {
                    try Self.write(change, number, db)
                    if let version = change.row?.version, newest.map({ $0 < version }) ?? true { newest = version }
                }
                let touch = try db.cachedStatement(sql: "UPDATE value SET used = ? WHERE key = ?")
                for key in used { try touch.execute(arguments: [number, Data(key)]) }
                var notes = notes
                notes["number"] = Array(String(number).utf8)
                if let newest {
                    notes["newest"] = Array("\(newest.milliseconds) \(newest.counter) \(newest.node)".utf8)
                }
                let put = try db.cachedStatement(sql: "INSERT OR REPLACE INTO note VALUES (?, ?, ?)")
                for (name, value) in notes {
                    try put.execute(
                        arguments: [name, Data(value), Self.checksum([Array(name.utf8), value])]
                    )
                }
            }
        }
    }

    private func newest(_ db: Database) throws -> CheckpointVersion? {
        try Self.note("newest", db).flatMap { text in
            let parts = String(decoding: text, as: UTF8.self).split(separator: " ", maxSplits: 2)
            guard parts.count == 3, let milliseconds = Int64(parts[0]), let counter = Int64(parts[1]) else {
                return nil
            }
            return CheckpointVersion(milliseconds: milliseconds, counter: counter, node: String(parts[2]))
        }
    }

    private static func number(_ db: Database) throws -> Int64 {
        try note("number", db).flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0
    }

    private static func write(_ change: CheckpointChange, _ number: Int64, _ db: Database) throws {
        switch change {
        case .forget(let key):
            let delete = try db.cachedStatement(sql: "DELETE FROM value WHERE key = ?")
            try delete.execute(arguments: [Data(key)])
        case .put(let row):
            let put = try db.cachedStatement(sql: Self.put)
            try put.execute(
                arguments: [
                    Data(row.key), row.version.milliseconds, row.version.counter, row.version.node, Data(row.value),
                    number, checksum(of: row),
                ]
            )
        }
    }

    private static let put = """
        INSERT INTO value VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET
        milliseconds = excluded.milliseconds, counter = excluded.counter, node = excluded.node,
        value = excluded.value, used = excluded.used, checksum = excluded.checksum
        """

    /// Deletes what was used longest ago, when there is too much.
    func evict() throws {
        try Self.telling {
            try pool.write { db in
                func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
                let live = try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
                guard live > maximumBytes else { return }
                var excess = live - maximumBytes * Self.kept / 100
                let sql = "SELECT used, SUM(LENGTH(key) + LENGTH(value) + 64) FROM value GROUP BY used ORDER BY used"
                var last: Int64?
                let groups = try Row.fetchCursor(db, sql: sql)
                while excess > 0, let group = try groups.next() {
                    last = group[0]
                    excess -= group[1] as Int64? ?? 0
                }
                if let last { try db.execute(sql: "DELETE FROM value WHERE used <= ?", arguments: [last]) }
            }
        }
    }

    // MARK: Checksums and errors

    private static func checksum(of row: CheckpointRow) -> Int64 {
        let version = "\(row.version.milliseconds):\(row.version.counter):\(row.version.node)"
        return checksum([row.key, Array(version.utf8), row.value])
    }

    private static func checksum(_ parts: [[UInt8]]) -> Int64 {
        var state: UInt64 = 0x6D72_746C
        for part in parts { state = Checksum.hash(part.span.bytes, in: 0..<part.count, seed: state) }
        return Int64(bitPattern: state)
    }

    private static func telling<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: throw Damaged(reason: "\(error)")
            default: throw error
            }
        } catch let error as RowDecodingError {
            throw Damaged(reason: "\(error)")
        }
    }

    // MARK: Files

    static func makeFolder(of path: String) throws(CheckpointError) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw CheckpointError(.file, "the folder \(folder.path) can not be made", cause: error)
        }
    }

    /// Renames a file and what belongs to it.
    ///
    /// - Parameter path: Where it lies.
    /// - Returns: Where it is now.
    /// - Throws: ``CheckpointError`` when it can not be renamed.
    static func setAside(_ path: String) throws(CheckpointError) -> String {
        let files = FileManager.default
        var place = path
        for number in 1...damagedFiles {
            place = "\(path).damaged-\(number)"
            if !files.fileExists(atPath: place) { break }
        }
        do {
            for suffix in ["", "-wal", "-shm"] where files.fileExists(atPath: path + suffix) {
                try? files.removeItem(atPath: place + suffix)
                try files.moveItem(atPath: path + suffix, toPath: place + suffix)
            }
        } catch {
            throw CheckpointError(.file, "the damaged file \(path) can not be set aside", cause: error)
        }
        return place
    }
}
