package import Journal

/// What the cases do with a ``JournalStorage``.
struct Storage: Sendable {
    private let storage: any JournalStorage

    init(_ storage: any JournalStorage) { self.storage = storage }

    /// Opens a journal without recovering it.
    func openOnly() throws -> any Journal { try storage.open(capacity: nil, onDamage: .refuse) }

    /// Opens a journal and recovers it.
    func open(capacity: Int? = nil, onDamage: DamagePolicy = .refuse) throws -> Opened {
        let journal = try storage.open(capacity: capacity, onDamage: onDamage)
        do {
            var pages: [JournalPage] = []
            let report = try journal.recover { pages.append($0) }
            return Opened(journal: journal, pages: pages, report: report)
        } catch {
            journal.close()
            throw error
        }
    }

    func crash(_ opened: Opened) throws { try storage.crash(opened.journal) }

    func flipBit(ofPage number: UInt64, at offset: Int) throws {
        try storage.flipBit(ofPage: number, at: offset)
    }
}

/// A journal that was recovered, and what it gave.
struct Opened: Sendable {
    let journal: any Journal
    let pages: [JournalPage]
    let report: RecoveryReport

    /// Appends and waits for the answer.
    func append(_ pages: [JournalPage]) async -> JournalError? { await journal.append(pages) }

    /// Appends, and demands that it succeeds.
    func mustAppend(_ pages: [JournalPage]) async throws {
        let error = await journal.append(pages)
        try demand(
            error == nil,
            "appending \(pages.map(\.number)) failed: \(error.map(String.init(describing:)) ?? "")"
        )
    }

    /// Reads a page and waits for the answer.
    func read(_ number: UInt64) async -> Result<JournalPage, JournalError> { await journal.read(number) }
}

extension Journal {
    /// Appends and waits for the answer.
    ///
    /// - Parameter pages: The pages.
    /// - Returns: The answer.
    package func append(_ pages: [JournalPage]) async -> JournalError? {
        await withCheckedContinuation { continuation in
            append(pages) { continuation.resume(returning: $0) }
        }
    }

    /// Reads a page and waits for the answer.
    ///
    /// - Parameter number: The page's number.
    /// - Returns: The answer.
    package func read(_ number: UInt64) async -> Result<JournalPage, JournalError> {
        await withCheckedContinuation { continuation in
            read(number) { continuation.resume(returning: $0) }
        }
    }
}
