/// Somebody who looks into a broker or acts on it, once that was proven.
package struct BrokerOperator: Sendable, Hashable {
    /// The user name.
    package var userName: String
    /// The groups that the user belongs to.
    package var groups: [String]

    package init(userName: String, groups: [String] = []) {
        self.userName = userName
        self.groups = groups
    }
}
