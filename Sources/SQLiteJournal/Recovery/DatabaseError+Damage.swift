import GRDB

extension DatabaseError {
    /// Whether reading failed because the file is not what was written, and not because it cannot be got at.
    var isDamage: Bool {
        switch extendedResultCode {
        case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_CORRUPTFS, .SQLITE_IOERR_DATA: true
        default: resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB || resultCode == .SQLITE_FORMAT
        }
    }
}
