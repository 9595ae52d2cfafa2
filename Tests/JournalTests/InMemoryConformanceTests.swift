import Journal
import JournalConformance
import Synchronization
import Testing

@Suite("The journal in memory conforms", .timeLimit(.minutes(10)))
struct InMemoryConformanceTests {
    @Test(arguments: JournalConformance.cases)
    func conforms(_ conformance: JournalConformance) async throws {
        try await conformance.check(MemoryStorage())
    }
}

/// Memory that outlives the journals over it.
private final class MemoryStorage: JournalStorage {
    private let newest = Mutex<InMemoryJournal?>(nil)

    func open(capacity: Int?, onDamage: DamagePolicy) -> any Journal {
        newest.withLock { newest in
            let journal = newest?.crash(onDamage: onDamage) ?? InMemoryJournal(onDamage: onDamage)
            journal.setCapacity(capacity ?? .max)
            newest = journal
            return journal
        }
    }

    func crash(_ journal: any Journal) {}

    func flipBit(ofPage number: UInt64, at offset: Int) {
        newest.withLock { $0?.damage(page: number, at: offset) }
    }
}
