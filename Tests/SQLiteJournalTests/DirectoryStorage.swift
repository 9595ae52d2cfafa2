import Foundation
import GRDB
import Journal
import JournalConformance
import SQLiteJournal
import Synchronization

/// A directory of a test's own, gone with it.
///
/// A crash is a copy of the files as they are on a journal that is still open: what a killed process leaves.
final class DirectoryStorage: JournalStorage {
    let parent: String
    private let generation = Mutex(0)

    init() throws {
        parent = FileManager.default.temporaryDirectory.path + "/martlet-journal-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    var directory: String { parent + "/\(generation.withLock { $0 })" }

    func path(_ name: String) -> String { directory + "/" + name }

    func open(capacity: Int?, onDamage: DamagePolicy) throws -> any Journal {
        var options = SQLiteJournalOptions(onDamage: onDamage, maximumBytes: capacity.map(UInt64.init))
        options.bounds.reserveBytes = 0
        // Another test may be starting a process, which holds what is open here until it is another program.
        options.lockTimeout = .seconds(60)
        return try SQLiteJournal(directory: directory, options: options)
    }

    func open(onDamage: DamagePolicy = .refuse) throws -> any Journal { try open(capacity: nil, onDamage: onDamage) }

    func crash(_ journal: any Journal) throws {
        let files = try snapshot()
        journal.close()
        generation.withLock { $0 += 1 }
        try restore(files)
    }

    func flipBit(ofPage number: UInt64, at offset: Int) throws {
        let queue = try DatabaseQueue(path: path("journal.sqlite"))
        try queue.write { db in
            var bytes =
                try Data.fetchOne(db, sql: "SELECT bytes FROM page WHERE number = ?", arguments: [Int64(number)])
                ?? Data()
            bytes[offset] ^= 1
            try db.execute(sql: "UPDATE page SET bytes = ? WHERE number = ?", arguments: [bytes, Int64(number)])
        }
        try queue.close()
    }

    /// The files as they are.
    func snapshot() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name != "journal.lock" {
            files[name] = Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
        }
        return files
    }

    /// Puts files in the place of what is there.
    func restore(_ files: [String: [UInt8]]) throws {
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: path(name))) }
    }
}
