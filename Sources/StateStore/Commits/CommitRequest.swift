/// A commit as clients make it: all of its operations are done, or none.
package struct CommitRequest: Hashable, Sendable {
    /// The operations; the acknowledgement comes first.
    package var operations: [CommitOperation]

    /// Makes a commit.
    ///
    /// - Parameter operations: The operations; the acknowledgement comes first.
    package init(operations: [CommitOperation]) {
        self.operations = operations
    }
}
