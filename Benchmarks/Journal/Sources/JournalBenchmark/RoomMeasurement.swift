import Foundation
import Journal
import SQLiteJournal

/// The room itself: appends as the broker makes them, a backlog that grows and is drained, recovery.
enum RoomMeasurement {
    static func run(in parent: String, rounds: Int) throws {
        print("\n### SQLiteJournal, 50 commits alive\n\n\(Measurement.heading)")
        for messages in Suites.sizes {
            var runs: [Measurement] = []
            for _ in 0..<rounds {
                runs.append(try appends(Setup(name: "room", messagesInCommit: messages), in: parent))
            }
            runs.sort { $0.cpu < $1.cpu }
            print(runs[runs.count / 2].row)
            fflush(nil)
        }
        try backlog(in: parent)
    }

    private static func inDirectory<Result>(
        _ parent: String,
        _ body: (String) throws -> Result
    ) throws -> Result {
        let directory = parent + "/journal-benchmark-\(getpid())"
        try? FileManager.default.removeItem(atPath: directory)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        return try body(directory)
    }

    private static func append(_ page: JournalPage, to journal: SQLiteJournal) {
        let done = DispatchSemaphore(value: 0)
        journal.append([page]) { error in
            if let error { fatalError("\(error)") }
            done.signal()
        }
        done.wait()
    }

    private static func appends(_ setup: Setup, in parent: String) throws -> Measurement {
        try inDirectory(parent) { directory in
            let journal = try SQLiteJournal(directory: directory)
            _ = try journal.recover { _ in }
            var measurement = Measurement(setup: setup)
            let page = JournalBenchmark.load(setup).page
            measurement.pageBytes = page.count
            let commits = max(300, min(3000, 300 << 20 / page.count))
            let warmUp = commits / 5
            var cpu = 0.0
            var began = 0.0
            for number in 1...commits {
                if number == warmUp {
                    cpu = Measurement.cpuSeconds()
                    began = Measurement.now()
                }
                let start = Measurement.now()
                if number > setup.liveCommits { journal.drop(below: UInt64(number - setup.liveCommits)) }
                append(JournalPage(number: UInt64(number), bytes: page), to: journal)
                if number >= warmUp { measurement.latencies.append(Measurement.now() - start) }
            }
            measurement.cpu = Measurement.cpuSeconds() - cpu
            measurement.wall = Measurement.now() - began
            measurement.messages = (commits - warmUp + 1) * setup.messagesInCommit
            measurement.databaseBytes = JournalBenchmark.size(directory + "/journal.sqlite")
            measurement.logBytes = JournalBenchmark.size(directory + "/journal.sqlite-wal")
            journal.close()
            return measurement
        }
    }

    /// A million messages of 256 bytes that nobody takes, the recovery of them, and their drain.
    private static func backlog(in parent: String) throws {
        try inDirectory(parent) { directory in
            let setup = Setup(name: "backlog", messagesInCommit: 200)
            let page = JournalBenchmark.load(setup).page
            let pages: UInt64 = 5_000
            let database = directory + "/journal.sqlite"
            var journal = try SQLiteJournal(directory: directory)
            _ = try journal.recover { _ in }
            measure("append \(pages) pages of \(page.count) bytes") {
                for number in 1...pages { append(JournalPage(number: number, bytes: page), to: journal) }
            }
            measure("close") { journal.close() }
            print("  file: \(JournalBenchmark.size(database) / 1_000_000) MB")
            var bytes = 0
            journal = try SQLiteJournal(directory: directory)
            try measure("recover") {
                let report = try journal.recover { bytes += $0.bytes.count }
                precondition(report.isIntact && report.pagesRead == Int(pages))
            }
            measure("drain: 5000 commits of 20 messages, each dropping one page") {
                let small = JournalBenchmark.load(Setup(name: "", messagesInCommit: 20)).page
                for number in 1...pages {
                    journal.drop(below: number)
                    append(JournalPage(number: pages + number, bytes: small), to: journal)
                }
            }
            print("  file: \(JournalBenchmark.size(database) / 1_000_000) MB")
            let small = JournalBenchmark.load(Setup(name: "", messagesInCommit: 20)).page
            for round in 2..<5 {
                var latencies: [Double] = []
                measure("5000 more commits of 20 messages, 50 alive") {
                    for number in UInt64(round) * pages + 1...UInt64(round + 1) * pages {
                        let began = Measurement.now()
                        journal.drop(below: number - 50)
                        append(JournalPage(number: number, bytes: small), to: journal)
                        latencies.append(Measurement.now() - began)
                    }
                }
                latencies.sort()
                let (median, high) = (latencies[latencies.count / 2], latencies[latencies.count * 99 / 100])
                print(
                    String(
                        format: "  p50 %.0f µs, p99 %.0f µs, max %.1f ms",
                        median * 1e6,
                        high * 1e6,
                        latencies[latencies.count - 1] * 1e3
                    )
                )
                print("  file: \(JournalBenchmark.size(database) / 1_000_000) MB")
            }
            journal.close()
        }
    }

    private static func measure(_ what: String, _ body: () throws -> Void) rethrows {
        let cpu = Measurement.cpuSeconds()
        let began = Measurement.now()
        try body()
        let wall = Measurement.now() - began
        print(String(format: "- %@: %.2f s, %.2f s of CPU", what, wall, Measurement.cpuSeconds() - cpu))
    }
}
