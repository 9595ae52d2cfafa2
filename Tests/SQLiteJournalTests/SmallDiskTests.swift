import Foundation
import Glibc
import Journal
import JournalConformance
import SQLiteJournal
import Testing

/// Runs where `JOURNAL_SMALL_DISK` names an empty directory on a file system of a few megabytes, as
/// `mount -t tmpfs -o size=12m none DIR` makes one.
private let smallDisk = ProcessInfo.processInfo.environment["JOURNAL_SMALL_DISK"]

@Suite("A disk that is really full", .enabled(if: smallDisk != nil), .serialized, .timeLimit(.minutes(10)))
struct SmallDiskTests {
    private static func page(_ number: UInt64, _ count: Int) -> JournalPage {
        JournalPage(number: number, bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count))
    }

    private static func open(_ directory: String) throws -> SQLiteJournal {
        var options = SQLiteJournalOptions()
        options.bounds.logBytesWhileSmall = 2 << 20
        options.bounds.logBytes = 1 << 20
        options.bounds.reserveBytes = 3 << 20
        return try SQLiteJournal(directory: directory, options: options)
    }

    private func freshDirectory() throws -> String {
        let directory = try #require(smallDisk) + "/journal"
        try? FileManager.default.removeItem(atPath: directory)
        return directory
    }

    @Test("Appends are refused, what is there can be read, and dropping makes room")
    func full() async throws {
        let directory = try freshDirectory()
        let journal = try Self.open(directory)
        _ = try journal.recover { _ in }
        var number: UInt64 = 0
        var error: JournalError?
        while error == nil {
            number += 1
            error = await journal.append([Self.page(number, 100_000)])
        }
        print(
            "full after \(number - 1) pages of 100 KB, \(journal.freeBytes ?? 0) bytes left: \(String(describing: error))"
        )
        #expect(error?.code == .full)
        for kept in 1..<number { #expect(try await journal.read(kept).get() == Self.page(kept, 100_000)) }
        #expect((journal.freeBytes ?? .max) < 1 << 20)
        journal.drop(below: number - 3)
        #expect(await journal.append([]) == nil)
        for next in number..<number + 60 {
            journal.drop(below: next - 3)
            #expect(await journal.append([Self.page(next, 100_000)]) == nil)
        }
        journal.close()
        let again = try Self.open(directory)
        var taken: [UInt64] = []
        #expect(try again.recover { taken.append($0.number) }.isIntact)
        #expect(taken == Array(number + 56...number + 59))
        again.close()
    }

    @Test("A broker killed on a full disk starts again on it, and goes on when there is room")
    func restart() async throws {
        let directory = try freshDirectory()
        let ballast = try #require(smallDisk) + "/ballast"
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [directory = directory as String, ballast = ballast as String] in
            let journal = try Self.open(directory)
            _ = try journal.recover { _ in }
            var number: UInt64 = 1
            while await journal.append([Self.page(number, 100_000)]) == nil { number += 1 }
            // The rest of the disk, to the last byte.
            let descriptor = Glibc.open(ballast, O_WRONLY | O_CREAT, 0o644)
            var size = 65_536
            let zeros = [UInt8](repeating: 0, count: size)
            while size > 0 {
                if write(descriptor, zeros, size) <= 0 { size /= 2 }
            }
            try "\(number - 1)".write(toFile: "/tmp/confirmed-\(getppid())", atomically: false, encoding: .utf8)
            kill(getpid(), SIGKILL)
        }
        let note = "/tmp/confirmed-\(getpid())"
        let confirmed = try #require(UInt64(String(contentsOfFile: note, encoding: .utf8)))
        try FileManager.default.removeItem(atPath: note)
        let journal = try Self.open(directory)
        var taken: [UInt64] = []
        #expect(try journal.recover { taken.append($0.number) }.isIntact)
        #expect(taken == Array(1...confirmed))
        // What a broker writes of its own accord still finds room: acknowledgements, and drops.
        #expect(await journal.append([Self.page(confirmed + 1, 2_000)]) == nil)
        #expect(journal.freeBytes == 0)
        try FileManager.default.removeItem(atPath: ballast)
        journal.drop(below: confirmed)
        #expect(await journal.append([Self.page(confirmed + 2, 100_000)]) == nil)
        journal.close()
    }
}
