import GRDB
import Journal

/// The one row that says what the file is, and which pages need not be looked for.
struct JournalHeader: Equatable {
    /// The newest format that this program knows.
    static let currentFormat: Int64 = 1

    /// Stands in the file's own header, so that other tools can tell what it is: "Mrtl".
    static let applicationIdentifier: Int64 = 0x4D72_746C

    static let table = """
        CREATE TABLE journal (
            format INTEGER NOT NULL,
            accounted INTEGER NOT NULL,
            dropped_below INTEGER NOT NULL,
            checksum INTEGER NOT NULL
        )
        """

    var format = Self.currentFormat
    /// Every page up to here that is not there was dropped, or reported as lost when damage was salvaged.
    var accounted: UInt64 = 0
    /// Every page below was dropped.
    ///
    /// Pages that were appended later may know of more.
    var droppedBelow: UInt64 = 0

    /// Reads the row.
    ///
    /// - Throws: `damaged` when it is not there or not what was written, `newerFormat`, or SQLite's own error.
    static func read(_ db: Database) throws -> JournalHeader {
        let identifier = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM journal"),
            let values = integers(row), values.count == 4
        else { throw JournalError(.damaged, "The journal's header row is missing.") }
        let header = JournalHeader(
            format: values[0],
            accounted: UInt64(bitPattern: values[1]),
            droppedBelow: UInt64(bitPattern: values[2])
        )
        guard identifier == applicationIdentifier else {
            throw JournalError(.damaged, "The file does not say that it is a journal of Martlet.")
        }
        // A newer program may count its checksum otherwise; two numbers that agree are believed.
        if version == header.format, version > currentFormat {
            throw JournalError(
                .newerFormat,
                """
                The journal has format \(version), this program knows formats up to \(currentFormat). \
                Use the program that wrote it, or a newer one. Nothing was changed.
                """
            )
        }
        guard version == header.format, header.checksum == values[3] else {
            throw JournalError(.damaged, "The journal's header row is not what was written.")
        }
        return header
    }

    /// Writes the row in the place of what was there.
    func write(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM journal")
        try db.execute(
            sql: "INSERT INTO journal VALUES (?, ?, ?, ?)",
            arguments: [format, Int64(bitPattern: accounted), Int64(bitPattern: droppedBelow), checksum]
        )
    }

    /// Makes the tables of a new file.
    func create(_ db: Database) throws {
        try db.execute(sql: "PRAGMA application_id = \(Self.applicationIdentifier)")
        try db.execute(sql: "PRAGMA user_version = \(format)")
        try db.execute(sql: Self.table)
        try db.execute(sql: StoredPage.table)
        try write(db)
    }

    private var checksum: Int64 {
        let words = [UInt64(bitPattern: format), accounted, droppedBelow]
        return Int64(bitPattern: words.reduce(Self.seed, Checksum.mix))
    }

    private static let seed: UInt64 = 0x4845_4144_0000_0001

    private static func integers(_ row: Row) -> [Int64]? {
        var values: [Int64] = []
        for (_, value) in row {
            guard case .int64(let integer) = value.storage else { return nil }
            values.append(integer)
        }
        return values
    }
}
