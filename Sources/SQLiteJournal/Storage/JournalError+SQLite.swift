import GRDB
import Journal

extension JournalError {
    /// Says what an error of SQLite means for the journal.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - path: The file.
    init(_ error: any Error, file path: String) {
        if let known = error as? JournalError {
            self = known
            return
        }
        guard let failure = error as? DatabaseError else {
            self.init(.io, "\(path) cannot be used.", cause: error)
            return
        }
        switch failure.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "No space is left for \(path).", cause: failure)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.damaged, "\(path) is damaged.", cause: failure)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "Another program has \(path) open. Close it first.", cause: failure)
        case .SQLITE_TOOBIG:
            self.init(.misuse, "A page is larger than SQLite takes.", cause: failure)
        default:
            self.init(
                .io,
                """
                \(path) cannot be read or written. What the system kept of the last write is not known: \
                nothing more is appended until the journal is opened anew.
                """,
                cause: failure
            )
        }
    }
}
