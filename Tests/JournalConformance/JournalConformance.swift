package import Journal

/// What every journal must do, whatever it is made of.
///
/// Each case gets a fresh storage and throws a ``ConformanceFailure`` where the journal does something else:
///
/// ```swift
/// @Test(arguments: JournalConformance.cases)
/// func conforms(_ conformance: JournalConformance) async throws {
///     try await conformance.check(makeStorage())
/// }
/// ```
package struct JournalConformance: Sendable, CustomStringConvertible {
    /// What is demanded, as a sentence.
    package let description: String

    private let body: @Sendable (Storage) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (Storage) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Checks a journal.
    ///
    /// - Parameter storage: Storage that nothing was written to.
    /// - Throws: ``ConformanceFailure``, and what the journal throws where it must not.
    package func check(_ storage: some JournalStorage) async throws {
        try await body(Storage(storage))
    }

    /// All cases.
    package static let cases: [JournalConformance] = keeping + dropping + refusing + damage
}

/// Something that a journal keeps its pages in, and that outlives it.
package protocol JournalStorage: Sendable {
    /// Opens a journal, not yet recovered.
    ///
    /// - Parameters:
    ///   - capacity: About how many bytes of pages it may take; `nil` for no limit.
    ///   - onDamage: What recovery does with damage.
    /// - Returns: The journal.
    /// - Throws: What opening it throws.
    func open(capacity: Int?, onDamage: DamagePolicy) throws -> any Journal

    /// Lets the process of a journal die without closing it.
    ///
    /// What is opened next finds what the dead one left.
    ///
    /// - Parameter journal: The journal that was opened last.
    /// - Throws: What the storage throws.
    func crash(_ journal: any Journal) throws

    /// Flips a bit of the stored bytes of a page, while no journal is open.
    ///
    /// - Parameters:
    ///   - number: The page's number.
    ///   - offset: Which byte of the page is hit.
    /// - Throws: What the storage throws.
    func flipBit(ofPage number: UInt64, at offset: Int) throws
}
