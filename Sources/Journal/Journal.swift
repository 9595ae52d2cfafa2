/// The seam to durability: pages of facts go in, and come back in order after a restart.
///
/// A *page* is what one turn of the engine decided: a sequence of records in the format of ``PageWriter``. A journal keeps
/// pages; it does not know what the records mean. Nothing above it may assume that a page is on this machine, that
/// appending is fast, or that it cannot be refused.
///
/// The life of a journal: ``recover(_:)`` once, then appends, drops and reads, then ``close()``.
///
/// Page numbers are the caller's. They strictly increase; a number may be left out (a journal remembers which page came
/// before each one, so that a page that went missing is told from a number that was never used).
package protocol Journal: AnyObject, Sendable {
    /// Hands out every page that is kept, in order. Blocks; call it once, before the first append.
    ///
    /// A damaged page is never handed out as it stands. Whether recovery goes on without it or is refused is the choice of
    /// the implementation's options; either way everything that is missing is named.
    ///
    /// - Parameter page: Called for every page, in ascending order of the numbers. What it throws ends the recovery.
    /// - Returns: What was read, what is missing and what is damaged.
    /// - Throws: ``JournalError`` with the code ``JournalError/Code/damaged`` and the report where the journal is told to
    ///   refuse damage; what `page` throws.
    func recover(_ page: (JournalPage) throws -> Void) throws -> RecoveryReport

    /// Makes pages durable, all or none.
    ///
    /// At most one append is outstanding: what gathers meanwhile goes with the next. A second one is refused with
    /// ``JournalError/Code/misuse``. After an error nothing of the append is kept; the same pages may be appended again, unless
    /// the error is one after which the journal must be opened anew (``JournalError/Code/isFinal``).
    ///
    /// An append of no pages makes pending drops durable.
    ///
    /// - Parameters:
    ///   - pages: The pages, their numbers strictly increasing and above every number appended before.
    ///   - completion: Called once, on any thread and possibly before `append` returns: with `nil` when all pages are durable.
    func append(_ pages: [JournalPage], completion: @escaping @Sendable (JournalError?) -> Void)

    /// Says that the pages with a lower number are dead. Never blocks.
    ///
    /// The pages go with the next append that is called after this one, in the same transaction. So what makes them dead
    /// (an acknowledgement, a copy at the tail) must have been appended before, or go with that append.
    ///
    /// - Parameter number: The lowest number that is still needed. A lower value than one said before changes nothing.
    func drop(below number: UInt64)

    /// Reads one page back.
    ///
    /// - Parameters:
    ///   - number: The page's number.
    ///   - completion: Called once, on any thread: with the page, or ``JournalError/Code/notFound`` for one that was dropped or
    ///     never appended, or ``JournalError/Code/damaged``.
    func read(_ number: UInt64, completion: @escaping @Sendable (Result<JournalPage, JournalError>) -> Void)

    /// How many bytes may still be written, or `nil` where that is not known.
    var freeBytes: UInt64? { get }

    /// Finishes what is outstanding and closes. Blocks; closing again does nothing.
    ///
    /// Later calls are answered with ``JournalError/Code/closed``.
    func close()
}
