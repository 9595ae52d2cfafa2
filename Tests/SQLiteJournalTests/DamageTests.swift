import Journal
import JournalConformance
import SQLiteJournal
import Testing

@Suite("Damaged files are found, refused, and salvaged without losing evidence", .timeLimit(.minutes(10)), .serialized)
struct DamageTests {
    /// What a killed broker left: pages in the file, newer ones in the log, older ones dropped.
    private struct Left {
        var files: [String: [UInt8]]
        var confirmed: [JournalPage]
    }

    private static func left(inLog: Bool) async throws -> Left {
        let storage = try DirectoryStorage()
        let first = try storage.open()
        _ = try first.recover { _ in }
        for number in UInt64(1)...30 {
            #expect(await first.append([MadePages.page(number, records: 12, bodyLength: Int(number) * 20)]) == nil)
        }
        first.close()
        let second = try storage.open()
        _ = try second.recover { _ in }
        for number in UInt64(31)...45 {
            if number == 40 { second.drop(below: 6) }
            #expect(await second.append([MadePages.page(number, records: 12, bodyLength: Int(number) * 20)]) == nil)
        }
        if !inLog { second.close() }
        let files = try storage.snapshot()
        second.close()
        let confirmed = (UInt64(6)...45).map { MadePages.page($0, records: 12, bodyLength: Int($0) * 20) }
        return Left(files: files, confirmed: confirmed)
    }

    private func run(_ left: Left, _ name: String, _ change: (inout [String: [UInt8]]) -> Void) async throws
        -> DamageTrial.Outcome
    {
        var files = left.files
        change(&files)
        return try await DamageTrial(name: name, files: files, confirmed: left.confirmed).run(in: DirectoryStorage())
    }

    @Test("Undamaged files are intact", arguments: [true, false])
    func undamaged(inLog: Bool) async throws {
        let left = try await Self.left(inLog: inLog)
        #expect((left.files["journal.sqlite-wal"] != nil) == inLog)
        #expect(try await run(left, "nothing") { _ in } == .harmless)
    }

    @Test(
        "Flipped bits",
        arguments: [("journal.sqlite", true), ("journal.sqlite-wal", true), ("journal.sqlite", false)]
    )
    func flipped(file: String, inLog: Bool) async throws {
        let left = try await Self.left(inLog: inLog)
        let size = try #require(left.files[file]).count
        var generator = SeededGenerator(seed: SeededGenerator.seed)
        var damaged = 0
        let trials = 30 * SeededGenerator.factor
        for _ in 0..<trials {
            let offset = Int.random(in: 0..<size, using: &generator)
            let bit = Int.random(in: 0..<8, using: &generator)
            let name = "seed \(SeededGenerator.seed): bit \(bit) of byte \(offset) of \(file)\(inLog ? "" : ", closed")"
            if try await run(left, name, { $0[file]?[offset] ^= 1 << bit }) == .damaged { damaged += 1 }
        }
        print("seed \(SeededGenerator.seed): \(damaged) of \(trials) flipped bits of \(file) were damage")
        #expect(damaged > trials / 4)
    }

    @Test(
        "Bits flipped in the first bytes, where the file says what it is",
        arguments: [("journal.sqlite", 120), ("journal.sqlite-wal", 60)]
    )
    func flippedHeader(file: String, length: Int) async throws {
        let left = try await Self.left(inLog: true)
        for offset in stride(from: 0, to: length, by: SeededGenerator.factor > 1 ? 1 : 3) {
            _ = try await run(left, "bit \(offset % 8) of byte \(offset) of \(file)") {
                $0[file]?[offset] ^= 1 << (offset % 8)
            }
        }
    }

    @Test(
        "Files cut short",
        arguments: [("journal.sqlite", true), ("journal.sqlite-wal", true), ("journal.sqlite", false)]
    )
    func cut(file: String, inLog: Bool) async throws {
        let left = try await Self.left(inLog: inLog)
        let size = try #require(left.files[file]).count
        var generator = SeededGenerator(seed: SeededGenerator.seed &+ 1)
        var lengths = Array(stride(from: 0, to: size, by: size / 8))
        lengths += (0..<8 * SeededGenerator.factor).map { _ in Int.random(in: 0..<size, using: &generator) }
        for length in lengths {
            let name = "seed \(SeededGenerator.seed): \(file) cut to \(length) of \(size) bytes"
            _ = try await run(left, name) { $0[file]?.removeLast(size - length) }
        }
    }

    @Test("Stretches of zeros and of noise", arguments: ["journal.sqlite", "journal.sqlite-wal"])
    func overwritten(file: String) async throws {
        let left = try await Self.left(inLog: true)
        let size = try #require(left.files[file]).count
        var generator = SeededGenerator(seed: SeededGenerator.seed &+ 2)
        for trial in 0..<12 * SeededGenerator.factor {
            let start = Int.random(in: 0..<size, using: &generator)
            let end = min(size, start + Int.random(in: 1...20_000, using: &generator))
            let noise = (start..<end).map { _ in trial % 2 == 0 ? 0 : UInt8.random(in: 0...255, using: &generator) }
            let name = "seed \(SeededGenerator.seed): bytes \(start) to \(end) of \(file) overwritten"
            _ = try await run(left, name) { $0[file]?.replaceSubrange(start..<end, with: noise) }
        }
    }

    @Test("A log that is gone, a file that is gone, a file that is empty")
    func gone() async throws {
        let left = try await Self.left(inLog: true)
        #expect(try await run(left, "no log") { $0["journal.sqlite-wal"] = nil } == .damaged)
        #expect(try await run(left, "no file") { $0["journal.sqlite"] = nil } == .damaged)
        #expect(try await run(left, "empty file") { $0["journal.sqlite"] = [] } == .damaged)
        #expect(
            try await run(left, "only the mark") {
                $0["journal.sqlite"] = nil
                $0["journal.sqlite-wal"] = nil
            } == .damaged
        )
        let closed = try await Self.left(inLog: false)
        #expect(try await run(closed, "empty file, closed") { $0["journal.sqlite"] = [] } == .damaged)
    }

    @Test("A damaged or missing mark costs nothing and is noted")
    func damagedMark() async throws {
        let left = try await Self.left(inLog: true)
        for change: (inout [String: [UInt8]]) -> Void in [
            { $0["journal.mark"] = nil }, { $0["journal.mark"]?[9] ^= 4 }, { $0["journal.mark"]?.removeLast(3) },
        ] {
            var files = left.files
            change(&files)
            let storage = try DirectoryStorage()
            try storage.restore(files)
            let journal = try storage.open()
            var taken: [JournalPage] = []
            let report = try journal.recover { taken.append($0) }
            #expect(taken == left.confirmed)
            #expect(report.isIntact)
            #expect(report.notes.count == 1, "\(report)")
            journal.close()
        }
    }

    @Test("An older copy of the file is told from the newest")
    func olderCopy() async throws {
        let storage = try DirectoryStorage()
        let journal = try storage.open()
        _ = try journal.recover { _ in }
        #expect(await journal.append(MadePages.pages(1...5)) == nil)
        let older = try storage.snapshot()
        #expect(await journal.append(MadePages.pages(6...9)) == nil)
        var mixed = older
        mixed["journal.mark"] = try storage.snapshot()["journal.mark"]
        journal.close()
        let trial = DamageTrial(name: "an older copy", files: mixed, confirmed: MadePages.pages(1...9))
        #expect(try await trial.run(in: DirectoryStorage()) == .damaged)
    }
}
