import Journal
import Synchronization
import Testing

@Suite("What a test can do to an InMemoryJournal")
struct InMemoryJournalTests {
    @Test("A held append is outstanding until completed")
    func hold() throws {
        let journal = try Self.opened()
        let answers = Answers()
        journal.holdAppends()
        journal.append([Self.page(1)], completion: answers.add)
        #expect(journal.hasHeldAppend && answers.count == 0 && journal.pageNumbers.isEmpty)
        journal.append([Self.page(2)], completion: answers.add)
        #expect(answers.codes == [.misuse])
        journal.completeHeldAppend()
        #expect(answers.codes == [.misuse, nil] && journal.pageNumbers == [1])
    }

    @Test(
        "A crash loses or keeps what is outstanding, and answers nobody",
        arguments: InMemoryJournal.OutstandingAppend.allCases
    )
    func crash(outstanding: InMemoryJournal.OutstandingAppend) throws {
        let journal = try Self.opened()
        let answers = Answers()
        journal.append([Self.page(1)], completion: answers.add)
        journal.holdAppends()
        journal.append([Self.page(2), Self.page(3)], completion: answers.add)
        let next = journal.crash(outstanding: outstanding)
        journal.releaseAppends()
        #expect(answers.codes == [nil])
        #expect(next.pageNumbers == (outstanding == .lost ? [1] : [1, 2, 3]))
        var read: [UInt64] = []
        #expect(try next.recover { read.append($0.number) }.isIntact)
        #expect(read == next.pageNumbers)
    }

    @Test("A failure that was asked for happens once, and nothing of the append is kept")
    func failure() throws {
        let journal = try Self.opened()
        let answers = Answers()
        journal.failNextAppend(with: JournalError(.io, "the disk is on fire"))
        journal.append([Self.page(1)], completion: answers.add)
        journal.append([Self.page(1)], completion: answers.add)
        #expect(answers.codes == [.io, nil] && journal.pageNumbers == [1])
    }

    @Test("A full journal refuses, and takes the same pages when there is room")
    func full() throws {
        let journal = try Self.opened(capacity: 250)
        let answers = Answers()
        for number in 1...3 { journal.append([Self.page(UInt64(number))], completion: answers.add) }
        #expect(answers.codes == [nil, nil, .full])
        #expect(journal.freeBytes == 50)
        journal.drop(below: 2)
        journal.append([Self.page(3)], completion: answers.add)
        #expect(answers.codes.last == .some(nil) && journal.pageNumbers == [2, 3])
    }

    @Test("A fenced journal refuses every append")
    func fenced() throws {
        let journal = try Self.opened()
        let answers = Answers()
        journal.fence()
        journal.append([Self.page(1)], completion: answers.add)
        #expect(answers.codes == [.fenced])
    }

    @Test("Damage is refused with its report, or salvaged around")
    func damage() throws {
        let journal = try Self.opened()
        let bytes = PageFormatTests.page(records: 3, bodyLength: 30)
        journal.append((1...3).map { JournalPage(number: $0, bytes: bytes) }) { #expect($0 == nil) }
        journal.damage(page: 2, at: 45)
        let refusing = journal.crash()
        var read: [UInt64] = []
        let error = #expect(throws: JournalError.self) { try refusing.recover { read.append($0.number) } }
        #expect(error?.code == .damaged && read == [1])
        #expect(error?.report?.damaged.map(\.number) == [2] && error?.report?.recordsLost == 1)
        var salvaged: [JournalPage] = []
        let report = try refusing.crash(onDamage: .salvage).recover { salvaged.append($0) }
        #expect(salvaged.map(\.number) == [1, 2, 3])
        #expect(PageFormatTests.walk(salvaged[1].bytes).intact.map(\.kind) == [0, 2])
        #expect(report.damaged.first?.stretches.map(\.offset) == [40])
    }

    static func page(_ number: UInt64) -> JournalPage {
        JournalPage(number: number, bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 100))
    }

    static func opened(capacity: Int = .max) throws -> InMemoryJournal {
        let journal = InMemoryJournal(capacity: capacity)
        _ = try journal.recover { _ in }
        return journal
    }
}

/// Gathers what completions were called with.
final class Answers: Sendable {
    private let codesGathered = Mutex<[JournalError.Code?]>([])

    var codes: [JournalError.Code?] { codesGathered.withLock { $0 } }
    var count: Int { codes.count }

    func add(_ error: JournalError?) {
        codesGathered.withLock { $0.append(error?.code) }
    }
}
