import Foundation
import GRDB
import Journal
import JournalConformance
import SQLiteJournal
import Testing

@Suite("What a journal in SQLite refuses", .timeLimit(.minutes(10)))
struct RefusalTests {
    @Test("A second broker on the same directory, with a message that says which and what to do")
    func secondOpener() throws {
        let storage = try DirectoryStorage()
        let first = try storage.open()
        let error = #expect(throws: JournalError.self) { try storage.open() }
        #expect(error?.code == .busy)
        #expect(error?.message.contains(storage.directory) == true)
        #expect(error?.message.contains("Another broker") == true)
        _ = try first.recover { _ in }
        #expect(throws: JournalError.self) { try storage.open() }
        first.close()
        let second = try storage.open()
        _ = try second.recover { _ in }
        second.close()
    }

    @Test("A second broker that is another process")
    func secondProcess() async throws {
        let storage = try DirectoryStorage()
        let directory = storage.directory
        let first = try storage.open()
        _ = try first.recover { _ in }
        await #expect(processExitsWith: .exitCode(42)) { [directory = directory as String] in
            do {
                var options = SQLiteJournalOptions()
                options.lockTimeout = .zero
                _ = try SQLiteJournal(directory: directory, options: options)
            } catch let error as JournalError {
                exit(error.code == .busy ? 42 : 1)
            }
        }
        first.close()
    }

    @Test("A broker that is still ending is waited for")
    func waiting() async throws {
        let storage = try DirectoryStorage()
        let first = try storage.open()
        // Far beyond what a loaded machine needs: it only fires when nobody lets go.
        var options = SQLiteJournalOptions()
        options.lockTimeout = .seconds(300)
        async let second = SQLiteJournal(directory: storage.directory, options: options)
        // The first one has the file open, and now the second one has it, too.
        while openDescriptors(of: storage.path("journal.lock")) < 2 { await Task.yield() }
        first.close()
        try await second.close()
    }

    /// How often this process has a file open.
    private func openDescriptors(of path: String) -> Int {
        let folder = "/proc/self/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.count { (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == path }
    }

    @Test("A program that has the file open")
    func openedByAnother() throws {
        let storage = try DirectoryStorage()
        let first = try storage.open()
        _ = try first.recover { _ in }
        first.close()
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        let other = try DatabaseQueue(path: storage.path("journal.sqlite"), configuration: configuration)
        try other.write { try $0.execute(sql: "CREATE TABLE other (a)") }
        let second = try storage.open()
        let error = #expect(throws: JournalError.self) { try second.recover { _ in } }
        #expect(error?.code == .busy)
        second.close()
        try other.close()
    }

    @Test("A directory that cannot be made or written")
    func badDirectory() throws {
        let storage = try DirectoryStorage()
        try Data().write(to: URL(fileURLWithPath: storage.path("file")))
        let error = #expect(throws: JournalError.self) { try SQLiteJournal(directory: storage.path("file/data")) }
        #expect(error?.code == .io)
        #expect(error?.message.contains(storage.path("file/data")) == true)
    }

    @Test("A newer format, told to salvage or not; nothing is changed", arguments: [DamagePolicy.refuse, .salvage])
    func newerFormat(policy: DamagePolicy) async throws {
        let storage = try DirectoryStorage()
        let first = try storage.open()
        _ = try first.recover { _ in }
        #expect(await first.append([MadePages.page(1)]) == nil)
        first.close()
        let queue = try DatabaseQueue(path: storage.path("journal.sqlite"))
        try await queue.write { db in
            try db.execute(sql: "PRAGMA user_version = 2")
            try db.execute(sql: "UPDATE journal SET format = 2")
        }
        try queue.close()
        let before = try storage.snapshot()
        let second = try storage.open(onDamage: policy)
        let error = #expect(throws: JournalError.self) { try second.recover { _ in } }
        #expect(error?.code == .newerFormat)
        #expect(error?.message.contains("format 2") == true)
        #expect(await second.append([MadePages.page(2)])?.code == .newerFormat)
        second.close()
        #expect(try storage.snapshot() == before)
    }

    @Test("A file of another program is not taken for a journal, and stays as it is")
    func foreignFile() throws {
        let storage = try DirectoryStorage()
        let queue = try DatabaseQueue(path: storage.path("journal.sqlite"))
        try queue.write { try $0.execute(sql: "CREATE TABLE page (number INTEGER PRIMARY KEY, bytes BLOB)") }
        try queue.close()
        let before = try storage.snapshot()["journal.sqlite"]
        let journal = try storage.open()
        let error = #expect(throws: JournalError.self) { try journal.recover { _ in } }
        #expect(error?.code == .damaged)
        journal.close()
        #expect(try storage.snapshot()["journal.sqlite"] == before)
    }

    @Test("More reads at once than may wait")
    func manyReads() async throws {
        let storage = try DirectoryStorage()
        var options = SQLiteJournalOptions()
        options.bounds.waitingReads = 4
        let journal = try SQLiteJournal(directory: storage.directory, options: options)
        _ = try journal.recover { _ in }
        #expect(await journal.append(MadePages.pages(1...3, records: 2_000, bodyLength: 1_000)) == nil)
        let codes = await withTaskGroup(of: JournalError.Code?.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    if case .failure(let error) = await journal.read(1) { return error.code }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count == 200 && codes.allSatisfy { $0 == nil || $0 == .busy })
        #expect(codes.contains(nil))
        journal.close()
    }
}
