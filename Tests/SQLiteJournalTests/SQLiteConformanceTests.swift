import JournalConformance
import Testing

@Suite("The journal in SQLite conforms", .timeLimit(.minutes(10)))
struct SQLiteConformanceTests {
    @Test(arguments: JournalConformance.cases)
    func conforms(_ conformance: JournalConformance) async throws {
        try await conformance.check(DirectoryStorage())
    }
}
