/// What a text of a rule may take over from a client.
enum AccessVariable: Sendable, Hashable {
    /// `{user}`: the user name that was proven.
    case user
    /// `{client}`: the client identifier.
    case client
    /// `{group}`: a group of the user; a text with it stands for as many texts as there are groups.
    case group
    /// `{attribute.NAME}`: what the proof said beyond the name.
    case attribute(String)

    /// Reads what stands between the braces.
    init?(_ text: String) {
        let prefix = "attribute."
        switch text {
        case "user": self = .user
        case "client": self = .client
        case "group": self = .group
        case _ where text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count:
            self = .attribute(String(text.dropFirst(prefix.count)))
        default: return nil
        }
    }

    /// What it stands for.
    ///
    /// - Parameters:
    ///   - principal: The client.
    ///   - group: The group whose turn it is.
    /// - Returns: The value; nil where there is none, or where it is empty or holds what could mean more than a name: `/`, a wildcard, U+0000.
    func value(of principal: Principal, group: String?) -> String? {
        let value =
            switch self {
            case .user: principal.userName
            case .client: principal.clientIdentifier
            case .group: group
            case .attribute(let name): principal.attributes[name]
            }
        guard let value, !value.isEmpty, !value.utf8.contains(where: Self.isSpecial) else { return nil }
        return value
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case 0, UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "*"): true
        default: false
        }
    }
}
