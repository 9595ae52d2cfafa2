import CrashPoints
import Dispatch
import Synchronization

/// What happens on the checkpoint's own thread.
extension SQLiteCheckpoint {
    /// Has what waits written a moment later.
    func schedule(_ state: inout State) {
        guard !state.isScheduled else { return }
        state.isScheduled = true
        let (seconds, attoseconds) = options.gathering.components
        let milliseconds = Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        thread.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in self?.writeAll() }
    }

    /// Writes all that waits; on the thread.
    func writeAll() {
        state.withLock { $0.isScheduled = false }
        while let batch = nextBatch() {
            CrashPoint.beforeCheckpoint.reached()
            do {
                try batch.file.write(batch.changes, notes: batch.notes, used: batch.used)
                CrashPoint.afterCheckpoint.reached()
            } catch let damage as CheckpointFile.Damaged {
                setAside(damage.reason)
            } catch {
                // A full disk, say: the rows would be older than what is known, and each commit tells. Nothing is lost but freshness.
                state.withLock { $0.forgotten += batch.changes.count }
            }
            state.withLock { state in
                for change in batch.changes { Self.written(change, in: &state) }
                for (name, value) in batch.notes where state.notes[name] == value { state.notes[name] = nil }
            }
        }
        tidy()
    }

    private struct Batch {
        var file: CheckpointFile
        var changes: [CheckpointChange]
        var notes: [String: [UInt8]]
        var used: Set<[UInt8]>
    }

    private func nextBatch() -> Batch? {
        state.withLock { state in
            guard let file = state.file, !state.order.isEmpty || !state.notes.isEmpty || !state.used.isEmpty else {
                return nil
            }
            let keys = state.order.prefix(options.changesPerTransaction)
            let changes = keys.compactMap { state.changes[$0] }
            state.order.removeFirst(keys.count)
            defer { state.used = [] }
            return Batch(file: file, changes: changes, notes: state.notes, used: state.used)
        }
    }

    /// Lets go of a change that is in the file, unless the key was changed again meanwhile.
    private static func written(_ change: CheckpointChange, in state: inout State) {
        guard let present = state.changes[change.key] else { return }
        if present.row?.version == change.row?.version {
            state.changes[change.key] = nil
            state.waitingBytes -= present.size
        } else {
            state.order.append(change.key)
        }
    }

    private func tidy() {
        let file = state.withLock { $0.file }
        do {
            try file?.evict()
        } catch let damage as CheckpointFile.Damaged {
            setAside(damage.reason)
        } catch {
            // Tried again after the next write.
        }
    }

    /// Renames a damaged file and begins another.
    ///
    /// - Parameter reason: What was found.
    func setAside(_ reason: String) {
        // Nobody reads from it from here on.
        guard let file = state.withLock({ $0.file.take() }) else { return }
        let path = path
        thread.async { [self] in
            file.close()
            guard let place = try? CheckpointFile.setAside(path) else { return }
            let fresh = try? CheckpointFile(path: path, options: options)
            state.withLock { state in
                state.damages += 1
                if !state.isClosed { state.file = fresh }
            }
            report(CheckpointDamage(reason: reason, path: place))
        }
    }
}
