/// What the server says of a client.
struct HookAnswer: Decodable {
    /// Its decision.
    enum Result: String, Decodable {
        case allow
        case deny
        /// It does not know the client: the next provider is asked.
        case ignore
    }

    /// Attributes and groups that an answer may have.
    static let maximumCount = 1_000
    /// Bytes of a name or a value in it.
    static let maximumLength = 1_024

    var result: Result
    var userName: String?
    var attributes: [String: String]?
    var groups: [String]?

    /// Whether what it says is within the bounds.
    var isUsable: Bool {
        let attributes = attributes ?? [:]
        let groups = groups ?? []
        let texts = [userName].compactMap { $0 } + groups + attributes.keys + attributes.values
        return attributes.count + groups.count <= Self.maximumCount && userName?.isEmpty != true
            && texts.allSatisfy { $0.utf8.count <= Self.maximumLength }
    }
}
