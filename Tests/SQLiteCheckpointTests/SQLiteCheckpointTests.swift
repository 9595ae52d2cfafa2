import Foundation
import GRDB
import Synchronization
import Testing

@testable import SQLiteCheckpoint

/// What a worker can count on from its checkpoint: what it gives was written, or it gives nothing.
@Suite("A checkpoint", .timeLimit(.minutes(10)))
struct SQLiteCheckpointTests {
    /// A folder of the test's own, gone behind it.
    private final class Folder {
        let path = NSTemporaryDirectory() + "checkpoint-\(UInt64.random(in: 0 ... .max))"
        var file: String { path + "/w.sqlite" }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private final class Reports: Sendable {
        let all = Mutex<[CheckpointDamage]>([])
        func add(_ damage: CheckpointDamage) { all.withLock { $0.append(damage) } }
        var count: Int { all.withLock { $0.count } }
    }

    private func row(_ number: Int, value: String = "value", at milliseconds: Int64 = 1) -> CheckpointRow {
        CheckpointRow(
            key: Array("key/\(number)".utf8),
            version: CheckpointVersion(milliseconds: milliseconds, counter: Int64(number), node: "s"),
            value: Array("\(value) \(number)".utf8)
        )
    }

    private func filled(_ path: String, count: Int = 1000, options: CheckpointOptions = CheckpointOptions())
        async throws
        -> SQLiteCheckpoint
    {
        let checkpoint = try SQLiteCheckpoint(path: path, options: options) { Issue.record("damage: \($0)") }
        for number in 0..<count { checkpoint.note(.put(row(number))) }
        await checkpoint.flush()
        return checkpoint
    }

    @Test("What was noted is there, before and after it was written, and after the file was opened again")
    func keeps() async throws {
        let folder = Folder()
        do {
            let checkpoint = try SQLiteCheckpoint(path: folder.file) { _ in }
            #expect(checkpoint.newest == nil && checkpoint.count == 0)
            checkpoint.note(.put(row(1)))
            checkpoint.note("incarnation", [1, 2])
            #expect(checkpoint.row(row(1).key) == row(1))
            #expect(checkpoint.note("incarnation") == [1, 2])
            await checkpoint.flush()
            #expect(checkpoint.row(row(1).key) == row(1))
            checkpoint.note(.put(row(1, value: "new", at: 2)))
            checkpoint.note(.put(row(2)))
            checkpoint.note(.forget(row(2).key))
            #expect(checkpoint.row(row(1).key)?.value == row(1, value: "new").value)
            #expect(checkpoint.row(row(2).key) == nil)
            checkpoint.close()
        }
        let again = try SQLiteCheckpoint(path: folder.file) { _ in }
        #expect(again.row(row(1).key) == row(1, value: "new", at: 2))
        #expect(again.row(row(2).key) == nil)
        #expect(again.note("incarnation") == [1, 2])
        #expect(again.newest == CheckpointVersion(milliseconds: 2, counter: 1, node: "s"))
        #expect(again.rows(after: nil, limit: 10).map(\.key) == [row(1).key])
        again.close()
    }

    @Test("A file that was closed is whole: no log is left beside it, also after it was read from")
    func closes() async throws {
        let folder = Folder()
        let checkpoint = try await filled(folder.file, count: 100)
        #expect(checkpoint.row(row(7).key) == row(7))
        #expect(checkpoint.rows(after: nil, limit: 1000).count == 100)
        #expect(FileManager.default.fileExists(atPath: folder.file + "-wal"))
        checkpoint.note(.put(row(100)))
        checkpoint.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.sorted() == ["w.sqlite", "w.sqlite.lock"])
        let again = try SQLiteCheckpoint(path: folder.file) { _ in }
        #expect(again.count == 101)
        again.close()
    }

    @Test("A second process is refused, until the first has ended")
    func locked() throws {
        let folder = Folder()
        var first: SQLiteCheckpoint? = try SQLiteCheckpoint(path: folder.file) { _ in }
        #expect(throws: CheckpointError.self) { try SQLiteCheckpoint(path: folder.file) { _ in } }
        first?.close()
        first = nil
        _ = try SQLiteCheckpoint(path: folder.file) { _ in }
    }

    @Test(
        "A value that was changed behind SQLite's back is not given, and its file is set aside",
        arguments: ["value", "key", "counter"]
    )
    func flippedRow(column: String) async throws {
        let folder = Folder()
        let reports = Reports()
        try await filled(folder.file).close()
        // SQLite itself is content with this row: only the checksum tells.
        try Self.run(
            "UPDATE value SET \(column) = \(column == "counter" ? "8" : "CAST('key/7x' AS BLOB)") WHERE key = CAST('key/7' AS BLOB)",
            on: folder.file
        )
        let checkpoint = try SQLiteCheckpoint(path: folder.file, report: reports.add)
        #expect(checkpoint.row(row(1).key) == row(1))
        let key = column == "key" ? Array("key/7x".utf8) : row(7).key
        #expect(checkpoint.row(key) == nil)
        await checkpoint.flush()
        #expect(reports.count == 1 && checkpoint.damages == 1)
        #expect(checkpoint.row(row(1).key) == nil, "nothing of the damaged file is used")
        #expect(FileManager.default.fileExists(atPath: folder.file + ".damaged-1"))
        checkpoint.note(.put(row(1)))
        await checkpoint.flush()
        #expect(checkpoint.row(row(1).key) == row(1), "it is built anew")
        checkpoint.close()
    }

    @Test("Bytes that are flipped anywhere are never given as a value", arguments: 0..<40)
    func flippedByte(seed: Int) async throws {
        let folder = Folder()
        let reports = Reports()
        try await filled(folder.file).close()
        var bytes = try Data(contentsOf: URL(filePath: folder.file))
        var state = UInt64(seed &* 7_919 + 1) &* 0x9E37_79B9_7F4A_7C15
        for _ in 0..<3 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes[Int(state >> 33) % bytes.count] ^= UInt8(1 << (state & 7))
        }
        try bytes.write(to: URL(filePath: folder.file))
        let checkpoint = try SQLiteCheckpoint(path: folder.file, report: reports.add)
        for number in 0..<1000 {
            if let found = checkpoint.row(row(number).key) { #expect(found == row(number)) }
        }
        #expect(
            checkpoint.rows(after: nil, limit: 2000).allSatisfy { found in
                (0..<1000).contains { row($0) == found }
            }
        )
        checkpoint.close()
    }

    @Test("A truncated file, one that is no database and one of a newer form are set aside", arguments: 0..<4)
    func unusable(kind: Int) async throws {
        let folder = Folder()
        let reports = Reports()
        try await filled(folder.file).close()
        switch kind {
        case 0:
            let bytes = try Data(contentsOf: URL(filePath: folder.file))
            try bytes.prefix(bytes.count / 2).write(to: URL(filePath: folder.file))
        case 1: try Data(repeating: 0x41, count: 10_000).write(to: URL(filePath: folder.file))
        case 2: try Self.run("PRAGMA user_version = 2", on: folder.file)
        default: try Self.run("DROP TABLE note; PRAGMA application_id = 7", on: folder.file)
        }
        let checkpoint = try SQLiteCheckpoint(path: folder.file, report: reports.add)
        #expect(reports.count == 1 && checkpoint.count == 0)
        checkpoint.note(.put(row(1)))
        await checkpoint.flush()
        #expect(checkpoint.count == 1)
        checkpoint.close()
    }

    @Test(
        "A log that was cut off costs what was written last, and nothing is wrong",
        arguments: [0, 1, 31, 32, 500, 5000, 20_000]
    )
    func tornLog(kept: Int) async throws {
        let folder = Folder()
        let copy = folder.path + "/copy.sqlite"
        let checkpoint = try await filled(folder.file)
        try FileManager.default.copyItem(atPath: folder.file, toPath: copy)
        let log = try Data(contentsOf: URL(filePath: folder.file + "-wal"))
        try log.prefix(kept).write(to: URL(filePath: copy + "-wal"))
        let reports = Reports()
        let torn = try SQLiteCheckpoint(path: copy, report: reports.add)
        #expect(torn.count == 0 || torn.count == 1000)
        torn.close()
        checkpoint.close()
    }

    @Test("Past its bound, what was used longest ago goes")
    func evicts() async throws {
        let folder = Folder()
        var options = CheckpointOptions()
        options.maximumBytes = 1 << 20
        options.changesPerTransaction = 50
        let checkpoint = try SQLiteCheckpoint(path: folder.file, options: options) { _ in }
        let long = String(repeating: "x", count: 1000)
        for number in 0..<500 { checkpoint.note(.put(row(number, value: long))) }
        await checkpoint.flush()
        #expect(checkpoint.row(row(0).key) != nil)
        for number in 500..<1100 {
            checkpoint.note(.put(row(number, value: long)))
            if number.isMultiple(of: 50) {
                #expect(checkpoint.row(row(0).key) != nil)
                await checkpoint.flush()
            }
        }
        await checkpoint.flush()
        #expect(checkpoint.count < 1000 && checkpoint.count > 300)
        #expect(checkpoint.row(row(0).key) != nil, "it is used again and again")
        #expect(checkpoint.row(row(1).key) == nil)
        #expect(checkpoint.row(row(1099).key) != nil)
        checkpoint.close()
    }

    @Test("Too much that waits is forgotten, not kept in memory; an old row goes with it")
    func forgets() async throws {
        let folder = Folder()
        var options = CheckpointOptions()
        options.maximumWaitingBytes = 1000
        options.gathering = .seconds(3600)
        let checkpoint = try SQLiteCheckpoint(path: folder.file, options: options) { _ in }
        checkpoint.note(.put(row(1)))
        await checkpoint.flush()
        for number in 2..<20 { checkpoint.note(.put(row(number))) }
        checkpoint.note(.put(row(1, value: "new", at: 9)))
        #expect(checkpoint.forgotten > 0)
        await checkpoint.flush()
        #expect(checkpoint.row(row(1).key) == nil)
        checkpoint.close()
    }

    private static func run(_ sql: String, on path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}
