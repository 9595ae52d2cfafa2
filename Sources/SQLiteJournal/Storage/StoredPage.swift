import Foundation
import GRDB
import Journal

/// A page as its row holds it.
///
/// Besides the bytes: which page was appended before it, below which number all had been dropped, how many records and bytes it
/// has, and a checksum over all of these and the number.
struct StoredPage: Equatable {
    var number: UInt64
    var previous: UInt64
    var droppedBelow: UInt64
    var records: Int
    var byteCount: Int
    var checksum: UInt64
    var bytes: [UInt8]

    /// The columns, in the order of ``arguments`` and ``init(_:)``.
    static let columns = "number, previous, dropped_below, records, byte_count, checksum, bytes"

    static let insertion = "INSERT INTO page (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?)"

    static let table = """
        CREATE TABLE page (
            number INTEGER PRIMARY KEY,
            previous INTEGER NOT NULL,
            dropped_below INTEGER NOT NULL,
            records INTEGER NOT NULL,
            byte_count INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            bytes BLOB NOT NULL
        )
        """

    init(_ page: JournalPage, previous: UInt64, droppedBelow: UInt64) {
        number = page.number
        self.previous = previous
        self.droppedBelow = droppedBelow
        records = PageReader.countRecords(page.bytes)
        byteCount = page.bytes.count
        checksum = 0
        bytes = page.bytes
        checksum = computedChecksum
    }

    /// Reads a row.
    ///
    /// A column of a type that we did not write gives `nil`: SQLite hands out whatever the file says.
    init?(_ row: Row) {
        guard row.count == 7, let number = Self.number(row, 0), let previous = Self.number(row, 1),
            let droppedBelow = Self.number(row, 2), let records = Self.number(row, 3),
            let byteCount = Self.number(row, 4), let checksum = Self.number(row, 5),
            case .blob(let bytes) = (row[6] as DatabaseValue).storage,
            records <= UInt64(Int.max), byteCount <= UInt64(Int.max)
        else { return nil }
        self.number = number
        self.previous = previous
        self.droppedBelow = droppedBelow
        self.records = Int(records)
        self.byteCount = Int(byteCount)
        self.checksum = checksum
        self.bytes = Array(bytes)
    }

    var page: JournalPage { JournalPage(number: number, bytes: bytes) }

    /// What is wrong with the row, or `nil`.
    var damage: DamagedPage? {
        let reason: String
        if byteCount != bytes.count {
            reason = "\(bytes.count) of \(byteCount) bytes are there"
        } else if checksum != computedChecksum {
            reason = "its checksum does not match"
        } else {
            return nil
        }
        return DamagedPage(inspecting: page, recordsWritten: records, reason: reason)
    }

    var arguments: StatementArguments {
        let values: [(any DatabaseValueConvertible)?] = [
            Int64(bitPattern: number), Int64(bitPattern: previous), Int64(bitPattern: droppedBelow), records, byteCount,
            Int64(bitPattern: checksum), Data(bytes),
        ]
        return StatementArguments(values)
    }

    private var computedChecksum: UInt64 {
        let seed = [number, previous, droppedBelow, UInt64(records)].reduce(Self.seed, Checksum.mix)
        return Checksum.hash(bytes.span.bytes, in: 0..<bytes.count, seed: seed)
    }

    private static let seed: UInt64 = 0x5041_4745_0000_0001

    private static func number(_ row: Row, _ column: Int) -> UInt64? {
        guard case .int64(let value) = (row[column] as DatabaseValue).storage else { return nil }
        return UInt64(bitPattern: value)
    }
}
