/// Why nothing of a commit is done.
package struct CommitRefusal: Hashable, Sendable {
    /// The reason.
    package var code: CommitRefusalCode
    /// Which operation failed, from 0.
    package var index: Int
    /// The reason for people.
    package var text: String

    /// Makes a refusal.
    ///
    /// - Parameters:
    ///   - code: The reason.
    ///   - index: Which operation failed, from 0.
    ///   - text: The reason for people.
    package init(_ code: CommitRefusalCode, index: Int, text: String) {
        self.code = code
        self.index = index
        self.text = text
    }
}
