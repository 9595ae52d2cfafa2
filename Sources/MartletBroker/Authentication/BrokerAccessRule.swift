import BrokerAccess

/// One rule: whom it is for, and what it allows them.
///
/// Rules only allow; what no rule allows is refused, as soon as there are rules at all. A rule is for a client if every one of its conditions that
/// is set holds; a rule without conditions is for everybody, anonymous clients too.
///
/// Names in conditions and keys of the state store are globs: `*` stands for any run of characters, `\*` for a star, `\\` for a backslash.
/// Topics are topic filters. In ``clients`` and in everything that is allowed, `{user}`, `{client}`, `{group}` and `{attribute.NAME}` stand for what
/// was proven of the client; `{{` is a brace. A value that is missing or empty, or that holds `/`, `+`, `#`, `*` or U+0000, makes the text that
/// names it allow nothing.
///
/// Requests to the state store, commits and their answers need no rule for their topics: each operation in them is checked by itself.
public struct BrokerAccessRule: Sendable, Hashable {
    /// What the rule is called in errors.
    public var name: String?
    /// The user names it is for, one of them; nil for any user and for anonymous clients.
    public var users: [String]?
    /// The client identifiers it is for, one of them; nil for any.
    public var clients: [String]?
    /// The groups it is for: the client is in one of them; nil for any.
    public var groups: [String]?
    /// The attributes it is for: each of them has one of the values.
    public var attributes: [String: [String]] = [:]
    /// Whether they may connect.
    public var connect = false
    /// The topic filters whose topics they may publish to, wills included.
    public var publish: [String] = []
    /// The topic filters they may subscribe to, each with everything that it covers.
    ///
    /// `$share/GROUP/FILTER` allows one shared group, `$share/+/FILTER` any. A filter without `$share` allows no shared subscription: who joins a
    /// group takes messages away from its other members.
    public var subscribe: [String] = []
    /// The keys of the state store they may read and watch.
    public var readState: [String] = []
    /// The keys of the state store they may set and delete.
    public var writeState: [String] = []

    /// A rule for everybody that allows nothing.
    public init() {}

    var rule: AccessRule {
        AccessRule(
            name: name,
            users: users,
            clients: clients,
            groups: groups,
            attributes: attributes,
            connect: connect,
            publish: publish,
            subscribe: subscribe,
            readState: readState,
            writeState: writeState
        )
    }
}
