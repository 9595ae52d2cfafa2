import Dispatch
import Synchronization

/// A worker's copy of the state on its own disk: what it has read and written, with versions.
///
/// It is a cache that each commit validates, so it may be old, incomplete or gone; but what it gives is always a value that
/// the store once had: each row carries a checksum, and a file in which damage is found is set aside and begun anew.
///
/// Changes are noted at once and written a moment later, on a thread of its own; nobody waits for it. A process that is killed
/// loses what was not written, and with it nothing but freshness.
package final class SQLiteCheckpoint: Sendable {
    struct State {
        var file: CheckpointFile?
        var changes: [[UInt8]: CheckpointChange] = [:]
        var order: [[UInt8]] = []
        var notes: [String: [UInt8]] = [:]
        var used: Set<[UInt8]> = []
        var waitingBytes = 0
        var isScheduled = false
        var isClosed = false
        var forgotten = 0
        var damages = 0
    }

    /// Where the file lies.
    package let path: String
    let options: CheckpointOptions
    let report: @Sendable (CheckpointDamage) -> Void
    let state: Mutex<State>
    let thread = DispatchQueue(label: "martlet.checkpoint", qos: .utility)
    // Held for its lifetime.
    private let lock: CheckpointLock

    /// Opens a file, or makes it; a damaged one is set aside first.
    ///
    /// - Parameters:
    ///   - path: Where the file lies; its folder is made where it is not there.
    ///   - options: How it behaves.
    ///   - report: Is told of each file that is set aside.
    /// - Throws: ``CheckpointError``, when there can be no file, or another process has it.
    package init(
        path: String,
        options: CheckpointOptions = CheckpointOptions(),
        report: @escaping @Sendable (CheckpointDamage) -> Void
    ) throws(CheckpointError) {
        self.path = path
        self.options = options
        self.report = report
        try CheckpointFile.makeFolder(of: path)
        self.lock = try CheckpointLock(path: path + ".lock")
        do {
            let file = try CheckpointFile(path: path, options: options)
            self.state = Mutex(State(file: file))
        } catch let damage as CheckpointFile.Damaged {
            let place = try CheckpointFile.setAside(path)
            do {
                let file = try CheckpointFile(path: path, options: options)
                self.state = Mutex(State(file: file, damages: 1))
            } catch {
                throw CheckpointError(.file, "\(path) can not be made anew", cause: error)
            }
            report(CheckpointDamage(reason: damage.reason, path: place))
        } catch {
            throw CheckpointError(.file, "\(path) can not be opened", cause: error)
        }
    }

    deinit {
        // What waits is lost, as when the process is killed; `close()` writes it.
        state.withLock { $0.file.take() }?.close()
    }

    /// How many files were found damaged and set aside.
    package var damages: Int { state.withLock { $0.damages } }

    /// How many changes were forgotten because too much waited.
    package var forgotten: Int { state.withLock { $0.forgotten } }

    // MARK: Reading

    /// Reads a value.
    ///
    /// - Parameter key: The key.
    /// - Returns: What was noted last; `nil` when nothing is known.
    package func row(_ key: [UInt8]) -> CheckpointRow? {
        let known: (change: CheckpointChange?, file: CheckpointFile?) = state.withLock { state in
            if let change = state.changes[key] { return (change, nil) }
            return (nil, state.file)
        }
        if let change = known.change { return change.row }
        guard let row = reading({ try known.file?.row(key) }) else { return nil }
        state.withLock { state in
            if state.used.count < options.changesPerTransaction { state.used.insert(key) }
        }
        return row
    }

    /// Reads many values, in the order of their keys; what waits to be written is not among them.
    ///
    /// - Parameters:
    ///   - key: Behind which key to begin; `nil` for the first.
    ///   - limit: How many at the most.
    /// - Returns: The values; fewer than the limit at the end.
    package func rows(after key: [UInt8]?, limit: Int) -> [CheckpointRow] {
        let file = state.withLock { $0.file }
        return reading { try file?.rows(after: key, limit: limit) } ?? []
    }

    /// The newest version of all rows that were ever written.
    package var newest: CheckpointVersion? {
        let file = state.withLock { $0.file }
        return reading { try file?.newest() }
    }

    /// How many rows are written.
    package var count: Int {
        let file = state.withLock { $0.file }
        return reading { try file?.count() } ?? 0
    }

    /// Reads a note.
    ///
    /// - Parameter name: What it is called.
    /// - Returns: What was noted; `nil` for nothing.
    package func note(_ name: String) -> [UInt8]? {
        let (known, file) = state.withLock { ($0.notes[name], $0.file) }
        if let known { return known }
        return reading { try file?.note(name) }
    }

    private func reading<Value>(_ body: () throws -> Value?) -> Value? {
        do {
            return try body()
        } catch let damage as CheckpointFile.Damaged {
            setAside(damage.reason)
        } catch {
            // The disk does not read: as good as nothing known.
        }
        return nil
    }

    // MARK: Noting

    /// Notes a value, or that a key is not known any more.
    ///
    /// - Parameter change: The change.
    package func note(_ change: CheckpointChange) {
        let size = change.size
        state.withLock { state in
            guard !state.isClosed else { return }
            if let earlier = state.changes[change.key] {
                state.waitingBytes -= earlier.size
            } else {
                state.order.append(change.key)
            }
            var change = change
            if state.waitingBytes + size > options.maximumWaitingBytes {
                // The row must go, though: it would be older than what is known.
                change = .forget(change.key)
                state.forgotten += 1
            }
            state.waitingBytes += change.size
            state.changes[change.key] = change
            schedule(&state)
        }
    }

    /// Notes something about the whole.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - value: What to note.
    package func note(_ name: String, _ value: [UInt8]) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.notes[name] = value
            schedule(&state)
        }
    }

    /// Writes what waits, and returns when it is written.
    package func flush() async {
        await withCheckedContinuation { continuation in
            thread.async { [self] in
                writeAll()
                continuation.resume()
            }
        }
    }

    /// Writes what waits, and closes the file.
    package func close() {
        thread.sync {
            writeAll()
            release()
        }
    }

    /// Closes the file as the death of the process would: what waits is lost.
    package func abandon() {
        state.withLock { state in
            state.changes = [:]
            state.order = []
            state.notes = [:]
            state.used = []
            state.isClosed = true
        }
        thread.sync { release() }
    }

    private func release() {
        let file = state.withLock { state in
            state.isClosed = true
            return state.file.take()
        }
        file?.close()
        lock.release()
    }
}
