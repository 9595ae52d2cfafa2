/// Who asks, once that was proven.
package struct AdminOperator: Sendable, Hashable {
    /// The user name.
    package var userName: String
    /// The groups that the user belongs to.
    package var groups: [String]

    package init(userName: String, groups: [String] = []) {
        self.userName = userName
        self.groups = groups
    }
}
