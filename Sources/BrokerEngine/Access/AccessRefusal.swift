/// Something that was refused to a client because of who it is or is not: a line of the audit log.
///
/// It holds no secret.
package struct AccessRefusal: Sendable, Equatable {
    /// What was refused.
    package enum Action: String, Sendable {
        /// The proof of who the client is.
        case authenticate
        /// To be connected at all.
        case connect
        /// A message to a topic, or one in a commit.
        case publish
        /// A will message, at CONNECT or when it was due.
        case will
        /// A subscription, when it was asked for.
        case subscribe
        /// A subscription that the client had and that the rules do not allow any more: it was removed.
        case subscription
        /// Reading a key of the state store, or watching it.
        case readState = "read state"
        /// Writing a key of the state store.
        case writeState = "write state"
    }

    package var action: Action
    /// The client identifier as it stood in CONNECT.
    package var clientIdentifier: String
    /// The user name that was proven; for a failed proof the one that was claimed.
    package var userName: String?
    /// The topic, filter or key; nil where there is none.
    package var subject: String?
    /// More of it, where there is more to say.
    package var detail: String?
    /// The index of the connection's handle; -1 where there is none.
    package var connection: Int32 = -1

    package init(
        action: Action,
        clientIdentifier: String,
        userName: String? = nil,
        subject: String? = nil,
        detail: String? = nil,
        connection: Int32 = -1
    ) {
        self.action = action
        self.clientIdentifier = clientIdentifier
        self.userName = userName
        self.subject = subject
        self.detail = detail
        self.connection = connection
    }
}
