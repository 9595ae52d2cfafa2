import Foundation
import Glibc
import Journal

/// The names of what lies in a journal's directory, and what is done with whole files.
struct JournalFiles: Sendable {
    let directory: String

    var database: String { path("journal.sqlite") }
    var log: String { database + "-wal" }
    var logIndex: String { database + "-shm" }
    var lock: String { path("journal.lock") }
    var mark: String { path("journal.mark") }
    /// Nothing but space.
    var reserve: String { path("journal.reserve") }
    /// A new journal, while it is being made.
    var creating: String { path("creating.sqlite") }
    /// What is intact of a damaged journal, while it is being written: not complete, and made again if it is found.
    var salvaging: String { path("salvaging.sqlite") }
    /// What is intact of a damaged journal, complete: it takes the journal's place.
    var salvaged: String { path("salvaged.sqlite") }

    func path(_ name: String) -> String { directory + "/" + name }

    func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    func makeDirectory() throws(JournalError) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw JournalError(.io, "The data directory \(directory) cannot be made.", cause: error)
        }
    }

    func move(_ source: String, to target: String) throws(JournalError) {
        guard exists(source) else { return }
        guard rename(source, target) == 0 else {
            throw .system("\(source) cannot be renamed to \(target).")
        }
    }

    func remove(_ path: String) throws(JournalError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .system("\(path) cannot be removed.") }
    }

    /// Makes the names of new, renamed and removed files durable.
    func syncDirectory() throws(JournalError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("\(directory) cannot be opened.") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("\(directory) cannot be made durable.") }
    }

    /// How many bytes the disk has for us.
    var freeBytes: UInt64? {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// What is wrong with the files before SQLite has opened them, or `nil`.
    ///
    /// SQLite deletes a log that lies beside an empty file or none, and with it the evidence.
    var breakage: String? {
        if exists(database) { return size(database) == 0 ? "\(database) is empty" : nil }
        return size(log) > 0 ? "\(database) is not there, though its log is" : nil
    }

    /// The first free prefix for what is set aside, as `damaged-1-`.
    func unusedPrefix() throws(JournalError) -> String {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            let used = names.compactMap { name -> Int? in
                let parts = name.split(separator: "-", maxSplits: 2)
                return parts.count == 3 && parts[0] == "damaged" ? Int(parts[1]) : nil
            }
            return "damaged-\((used.max() ?? 0) + 1)-"
        } catch {
            throw JournalError(.io, "The data directory \(directory) cannot be listed.", cause: error)
        }
    }
}

extension JournalError {
    /// An error of the system, with what it said last.
    static func system(_ message: String) -> JournalError {
        JournalError(.io, "\(message) \(String(cString: strerror(errno)))")
    }
}
