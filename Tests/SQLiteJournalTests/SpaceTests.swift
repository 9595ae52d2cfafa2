import Foundation
import Journal
import JournalConformance
import SQLiteJournal
import Testing

@Suite("The files stay bounded, and want of space is survived", .timeLimit(.minutes(10)))
struct SpaceTests {
    /// Bounds so small that a test reaches them.
    private static func smallBounds() -> SQLiteJournalOptions {
        var options = SQLiteJournalOptions()
        options.bounds.logBytesWhileSmall = 1 << 20
        options.bounds.logBytes = 512 << 10
        options.bounds.smallBytes = 256 << 10
        options.bounds.keptFreeBytes = 1 << 20
        options.bounds.bytesGivenBackAtOnce = 1 << 20
        options.bounds.appendsBetweenLooks = 8
        return options
    }

    private static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    private static func page(_ number: UInt64, _ count: Int) -> JournalPage {
        JournalPage(number: number, bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count))
    }

    @Test("A queue that is filled and emptied for long takes no more room than what is alive, and the log is bounded")
    func bounded() async throws {
        let storage = try DirectoryStorage()
        let journal = try SQLiteJournal(directory: storage.directory, options: Self.smallBounds())
        _ = try journal.recover { _ in }
        var largestLog = 0
        for number in UInt64(1)...600 {
            if number > 10 { journal.drop(below: number - 10) }
            #expect(await journal.append([Self.page(number, 50_000)]) == nil)
            largestLog = max(largestLog, Self.size(storage.path("journal.sqlite-wal")))
        }
        journal.close()
        // 30 MB went through; 11 pages of 50 KB are alive.
        #expect(largestLog < 2 << 20)
        #expect(Self.size(storage.path("journal.sqlite")) < 3 << 20)
    }

    @Test("What a large backlog took is given back bit by bit")
    func givenBack() async throws {
        let storage = try DirectoryStorage()
        let journal = try SQLiteJournal(directory: storage.directory, options: Self.smallBounds())
        _ = try journal.recover { _ in }
        for number in UInt64(1)...200 {
            #expect(await journal.append([Self.page(number, 100_000)]) == nil)
        }
        let filled = Self.size(storage.path("journal.sqlite"))
        for number in UInt64(201)...600 {
            journal.drop(below: number - 1)
            #expect(await journal.append([MadePages.page(number)]) == nil)
        }
        journal.close()
        #expect(filled > 15 << 20)
        #expect(Self.size(storage.path("journal.sqlite")) < 4 << 20)
        let again = try storage.open()
        #expect(try again.recover { _ in }.isIntact)
        again.close()
    }

    @Test("How much room is left is told, of the disk and of a limit")
    func freeBytes() async throws {
        let storage = try DirectoryStorage()
        let journal = try storage.open(capacity: 1 << 20, onDamage: .refuse)
        #expect((journal.freeBytes ?? 0) > 1 << 20)
        _ = try journal.recover { _ in }
        #expect(await journal.append([MadePages.page(1, records: 400, bodyLength: 1_000)]) == nil)
        let left = try #require(journal.freeBytes)
        #expect(left < 640 << 10 && left > 400 << 10)
        journal.close()
    }

    @Test("Closing while full, and opening again, loses nothing")
    func fullAndReopened() async throws {
        let storage = try DirectoryStorage()
        let journal = try storage.open(capacity: 1 << 20, onDamage: .refuse)
        _ = try journal.recover { _ in }
        var confirmed: [UInt64] = []
        for number in UInt64(1)...30 {
            if await journal.append([MadePages.page(number, records: 100, bodyLength: 1_000)]) == nil {
                confirmed.append(number)
            }
        }
        #expect(confirmed.count < 12 && confirmed.count > 5)
        journal.close()
        let again = try storage.open(capacity: 1 << 20, onDamage: .refuse)
        var taken: [UInt64] = []
        #expect(try again.recover { taken.append($0.number) }.isIntact)
        #expect(taken == confirmed)
        again.close()
    }

    @Test("After a write that the system refused nothing more is appended; opened anew, it goes on")
    func failedWrite() async throws {
        let storage = try DirectoryStorage()
        let directory = storage.directory
        // The system refuses writes beyond this size, with an error that is not "no space".
        await #expect(processExitsWith: .exitCode(42)) { [directory = directory as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 600_000, rlim_max: 600_000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let journal = try SQLiteJournal(directory: directory)
            _ = try journal.recover { _ in }
            for number in UInt64(1)...100 {
                let answer = await journal.append([MadePages.page(number, records: 50, bodyLength: 1_000)])
                guard let answer else { continue }
                let next = await journal.append([MadePages.page(number)])
                let read = await journal.read(1)
                let isRight = answer.code == .io && next?.code == .io && number > 2 && (try? read.get()) != nil
                try "\(number)".write(toFile: directory + "/failed", atomically: true, encoding: .utf8)
                exit(isRight ? 42 : 1)
            }
        }
        let failed = try #require(UInt64(String(contentsOfFile: directory + "/failed", encoding: .utf8)))
        let journal = try storage.open()
        var taken: [UInt64] = []
        #expect(try journal.recover { taken.append($0.number) }.isIntact)
        #expect(taken == Array(1..<failed))
        #expect(await journal.append([MadePages.page(failed)]) == nil)
        journal.close()
    }
}
