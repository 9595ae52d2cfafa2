import Dispatch
package import Journal
import Synchronization

/// The embedded journal: a SQLite file with one row a page, one transaction and one fsync an append.
///
/// It owns its directory: a second journal on the same directory is refused until the first has closed or its process has
/// died, however it died. All writing happens on one thread of its own, through one connection. The layout and its bounds are
/// settled in `docs/decisions/0001-pages-as-rows.md`.
///
/// What is kept there:
///
/// | file | what |
/// | --- | --- |
/// | `journal.sqlite`, `-wal` | the pages |
/// | `journal.mark` | the number of the newest page that was confirmed: a log that lost its end is told from one that had none |
/// | `journal.reserve` | nothing but space, given up when the disk is full, so that pages can still be dropped |
/// | `journal.lock` | held as long as the journal is open |
/// | `damaged-N-…` | what was set aside when damage was salvaged; never touched again |
package final class SQLiteJournal: Journal {
    private let files: JournalFiles
    private let options: SQLiteJournalOptions
    private let lock: DirectoryLock
    private let reserve: SpaceReserve
    private let thread: JournalThread
    private let state: Mutex<State>

    /// Opens a directory and locks it.
    ///
    /// Reads nothing yet.
    ///
    /// - Parameters:
    ///   - directory: The path of the directory. It is made where it is not there.
    ///   - options: How the journal behaves.
    /// - Throws: ``Journal/JournalError`` with `busy` when another broker uses the directory, `io` when it cannot be used.
    package init(directory: String, options: SQLiteJournalOptions = SQLiteJournalOptions()) throws(JournalError) {
        files = JournalFiles(directory: directory)
        self.options = options
        try files.makeDirectory()
        lock = try DirectoryLock(files, timeout: options.lockTimeout)
        reserve = SpaceReserve(files: files, byteCount: options.bounds.reserveBytes)
        thread = JournalThread(waitingReads: options.bounds.waitingReads)
        state = Mutex(State())
    }

    deinit { close() }

    package func recover(_ page: (JournalPage) throws -> Void) throws -> RecoveryReport {
        try state.withLock { state throws(JournalError) in try state.beginRecovery() }
        do {
            reserve.makeRoomForReading()
            let mark = try ConfirmedMark(files)
            let report = try Recovery(files: files, options: options, mark: mark).run(page)
            let newest = ConfirmedMark.Value(number: report.lastPage ?? 0, droppedBelow: report.droppedBelow)
            try thread.start { [files, options, reserve] () throws(JournalError) in
                try JournalDatabase(files: files, options: options, mark: mark, reserve: reserve, newest: newest)
            }
            state.withLock { $0.recovered(newest) }
            return report
        } catch {
            let failure = error as? JournalError
            let reason = failure ?? JournalError(.misuse, "The pages were not taken.", cause: error)
            state.withLock { $0.phase = .failed(reason) }
            throw error
        }
    }

    package func append(_ pages: [JournalPage], completion: @escaping @Sendable (JournalError?) -> Void) {
        let accepted = state.withLock { $0.beginAppend(pages) }
        switch accepted {
        case .failure(let error): completion(error)
        case .success(let dropBelow):
            thread.append(pages, dropBelow: dropBelow) { result in
                self.state.withLock { $0.endAppend(pages, dropBelow: dropBelow, result) }
                switch result {
                case .success: completion(nil)
                case .failure(let error): completion(error)
                }
            }
        }
    }

    package func drop(below number: UInt64) {
        state.withLock { $0.pendingDrop = max($0.pendingDrop, number) }
    }

    package func read(_ number: UInt64, completion: @escaping @Sendable (Result<JournalPage, JournalError>) -> Void) {
        if let refusal = state.withLock({ $0.refusalOfRead(number) }) { return completion(.failure(refusal)) }
        thread.read(number, completion: completion)
    }

    package var freeBytes: UInt64? {
        var onDisk = files.freeBytes
        if let free = onDisk, !reserve.isHeld {
            // Without the reserve the disk counts as full until there is room for it again.
            onDisk = free - min(free, UInt64(reserve.byteCount))
        }
        guard let leftInFile = state.withLock({ $0.bytesLeft }) else { return onDisk }
        return min(onDisk ?? .max, leftInFile)
    }

    package func close() {
        let wasOpen = state.withLock { $0.close() }
        guard wasOpen else { return }
        thread.stop()
        lock.release()
    }
}
