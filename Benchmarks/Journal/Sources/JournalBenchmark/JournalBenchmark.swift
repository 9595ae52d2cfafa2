import Foundation
import Journal

/// Measures ways to keep the journal.
@main
enum JournalBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let directory =
            ProcessInfo.processInfo.environment["JOURNAL_BENCHMARK_DIR"] ?? FileManager.default.temporaryDirectory.path
        let rounds = Int(ProcessInfo.processInfo.environment["ROUNDS"] ?? "3") ?? 3
        if arguments.first == "format" { return FormatMeasurement.run() }
        if arguments.first == "journal" { return try RoomMeasurement.run(in: directory, rounds: rounds) }
        for (title, setups) in Suites.all where arguments.isEmpty || arguments.contains(title) {
            print("\n### \(title)\n\n\(Measurement.heading)")
            for setup in setups {
                var runs: [Measurement] = []
                for _ in 0..<rounds { runs.append(try run(setup, in: directory)) }
                runs.sort { $0.cpu < $1.cpu }
                print(runs[runs.count / 2].row)
                fflush(nil)
            }
        }
    }

    /// One run: commits of the same load, each with the drop of the oldest one.
    static func run(_ setup: Setup, in parent: String) throws -> Measurement {
        let directory = parent + "/journal-benchmark-\(getpid())"
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/journal.sqlite"
        let store: any Store =
            switch setup.layout {
            case .file: FileStore(path: path, preallocated: false)
            case .preallocatedFile: FileStore(path: path, preallocated: true)
            default: try SQLiteStore(path: path, setup: setup)
            }
        var measurement = Measurement(setup: setup)
        let (page, messages) = load(setup)
        measurement.pageBytes = page.count
        let commits = setup.commits > 0 ? setup.commits : max(300, min(3000, 300 << 20 / page.count))
        let warmUp = commits / 5
        var cpu = 0.0
        var began = 0.0
        for number in 1...commits {
            if number == warmUp {
                cpu = Measurement.cpuSeconds()
                began = Measurement.now()
            }
            let start = Measurement.now()
            let dropBelow = setup.liveCommits > 0 ? max(0, number - setup.liveCommits) : 0
            try store.commit(number, page: page, messages: messages, dropBelow: dropBelow)
            if number >= warmUp { measurement.latencies.append(Measurement.now() - start) }
        }
        measurement.cpu = Measurement.cpuSeconds() - cpu
        measurement.wall = Measurement.now() - began
        measurement.messages = (commits - warmUp + 1) * setup.messagesInCommit
        measurement.databaseBytes = size(path)
        measurement.logBytes = size(path + "-wal")
        try store.close()
        return measurement
    }

    /// A page as the engine writes it: for every message a `queued` with its payload and an `acknowledged`.
    static func load(_ setup: Setup) -> (page: [UInt8], messages: [Data]) {
        var writer = PageWriter()
        var messages: [Data] = []
        let payload = (0..<setup.payload).map { UInt8(truncatingIfNeeded: $0 &* 131) }
        for message in 0..<setup.messagesInCommit {
            let start = writer.byteCount
            writer.beginRecord(kind: 1, version: 1)
            writer.append(varint: 1_000_000 + UInt64(message))
            writer.append(varint: 12)
            writer.append(string: "sensors/hall/temperature")
            writer.append(bytes: payload)
            writer.endRecord()
            writer.beginRecord(kind: 2, version: 1)
            writer.append(varint: 900_000 + UInt64(message))
            writer.append(varint: 12)
            writer.endRecord()
            messages.append(Data(writer.bytes[start...]))
        }
        return (writer.take(), messages)
    }

    static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}
