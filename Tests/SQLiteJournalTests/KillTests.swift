import Foundation
import Journal
import JournalConformance
import SQLiteJournal
import Synchronization
import Testing

@Suite("A process that is killed loses nothing that was confirmed", .timeLimit(.minutes(10)), .serialized)
struct KillTests {
    /// What the killed process had been told: one line a confirmed append, written to a file before the next one began.
    static func confirmations(in directory: String) throws -> [UInt64] {
        let text = try String(contentsOfFile: directory + "/confirmed", encoding: .utf8)
        // The last line may have been cut off by the kill.
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap { UInt64($0) }
    }

    /// Appends pages and drops old ones until killed; runs in the process that dies.
    static func appendUntilKilled(in directory: String, killedAfter appends: UInt64) {
        do {
            let journal = try SQLiteJournal(directory: directory)
            let report = try journal.recover { _ in }
            let confirmed = open(directory + "/confirmed", O_WRONLY | O_CREAT | O_APPEND, 0o644)
            let first = (report.lastPage ?? 0) + 1
            for number in first... {
                if number > 40 { journal.drop(below: number - 40) }
                let done = DispatchSemaphore(value: 0)
                let page = MadePages.page(number, records: Int(number % 50) + 1, bodyLength: 300)
                journal.append([page]) { error in
                    guard error == nil else { return }
                    let line = "\(number)\n"
                    _ = write(confirmed, line, line.utf8.count)
                    done.signal()
                }
                if number == first + appends {
                    // This one is on its way: killed before, in the midst of or after its commit.
                    usleep(useconds_t(number * 37 % 600))
                    kill(getpid(), SIGKILL)
                }
                done.wait()
            }
        } catch {
            fatalError("\(error)")
        }
    }

    @Test("Killed in a stream of appends, again and again")
    func killed() async throws {
        let storage = try DirectoryStorage()
        let directory = storage.directory
        for round in 0..<6 {
            let appends = UInt64([0, 3, 40, 150, 77, 300][round])
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [directory = directory as String, appends = appends as UInt64] in
                Self.appendUntilKilled(in: directory, killedAfter: appends)
            }
            let confirmed = try Self.confirmations(in: directory)
            let journal = try storage.open()
            var taken: [JournalPage] = []
            let report = try journal.recover { taken.append($0) }
            #expect(report.isIntact && report.notes.isEmpty, "\(report)")
            let last = confirmed.last ?? 0
            // The one that was on its way may be there or not.
            #expect(taken.last?.number == last || taken.last?.number == last + 1 || (last == 0 && taken.isEmpty))
            for page in taken {
                #expect(page == MadePages.page(page.number, records: Int(page.number % 50) + 1, bodyLength: 300))
            }
            if let first = taken.first?.number, last > 41 { #expect(first <= last - 39) }
            let numbers: [UInt64] = taken.map(\.number)
            for (number, next) in zip(numbers, numbers.dropFirst()) { #expect(next == number + 1) }
            journal.close()
        }
    }

    @Test("Killed while a new journal is being made")
    func killedWhileMaking() async throws {
        for microseconds in [0, 200, 1_000, 3_000, 8_000] as [UInt32] {
            let storage = try DirectoryStorage()
            let directory = storage.directory
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [directory = directory as String, microseconds = microseconds as UInt32] in
                Thread.detachNewThread {
                    usleep(microseconds)
                    kill(getpid(), SIGKILL)
                }
                let journal = try SQLiteJournal(directory: directory)
                _ = try journal.recover { _ in }
                while true { sleep(1) }
            }
            let journal = try storage.open()
            #expect(try journal.recover { _ in }.isIntact)
            #expect(await journal.append([MadePages.page(1)]) == nil)
            journal.close()
        }
    }

    @Test("Killed while damage is salvaged: nothing is lost, and it is done at the next start")
    func killedWhileSalvaging() async throws {
        for microseconds in [5_000, 20_000, 60_000] as [UInt32] {
            let storage = try DirectoryStorage()
            let first = try storage.open()
            _ = try first.recover { _ in }
            #expect(await first.append(MadePages.pages(1...120, records: 20, bodyLength: 200)) == nil)
            first.close()
            try storage.flipBit(ofPage: 7, at: 300)
            let directory = storage.directory
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [directory = directory as String, microseconds = microseconds as UInt32] in
                Thread.detachNewThread {
                    usleep(microseconds)
                    kill(getpid(), SIGKILL)
                }
                let journal = try SQLiteJournal(directory: directory, options: SQLiteJournalOptions(onDamage: .salvage))
                _ = try journal.recover { _ in }
                while true { sleep(1) }
            }
            let journal = try storage.open(onDamage: .salvage)
            var taken: [JournalPage] = []
            _ = try journal.recover { taken.append($0) }
            #expect(taken.map(\.number) == Array(1...120))
            for page in taken where page.number != 7 {
                #expect(page == MadePages.page(page.number, records: 20, bodyLength: 200))
            }
            let aside = try storage.snapshot().keys.filter { $0.hasPrefix("damaged-") }
            #expect(aside.contains("damaged-1-journal.sqlite") && aside.allSatisfy { $0.hasPrefix("damaged-1-") })
            journal.close()
        }
    }

    @Test("The lock of a killed process is free")
    func lockIsFree() async throws {
        let storage = try DirectoryStorage()
        let directory = storage.directory
        await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String] in
            let journal = try SQLiteJournal(directory: directory)
            _ = try journal.recover { _ in }
            withExtendedLifetime(journal) { _ = kill(getpid(), SIGKILL) }
        }
        let journal = try storage.open()
        _ = try journal.recover { _ in }
        journal.close()
    }
}
