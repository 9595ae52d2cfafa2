/// Who a client is, once it has been proven.
package struct Principal: Sendable, Hashable {
    /// The user name that was proven; nil for nobody in particular.
    package var userName: String?
    /// The client identifier that goes with it.
    package var clientIdentifier: String
    /// What the proof said beyond the name: claims of a token, parts of a certificate's subject.
    package var attributes: [String: String]
    /// The groups that the user belongs to.
    package var groups: [String]

    package init(
        userName: String?,
        clientIdentifier: String,
        attributes: [String: String] = [:],
        groups: [String] = []
    ) {
        self.userName = userName
        self.clientIdentifier = clientIdentifier
        self.attributes = attributes
        self.groups = groups
    }
}
