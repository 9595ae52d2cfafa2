/// A user property of a message that a commit publishes.
package struct CommitUserProperty: Hashable, Sendable {
    /// The name.
    package var name: String
    /// The value.
    package var value: String

    /// Makes a user property.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
