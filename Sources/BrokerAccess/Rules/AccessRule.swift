/// One rule: whom it is for, and what it allows them.
///
/// Rules only allow; nothing forbids. What no rule allows is refused, as soon as there are rules at all. A rule is for a client if every one
/// of its conditions that is set holds (``users``, ``clients``, ``groups``, ``attributes``); a rule without conditions is for everybody,
/// anonymous clients too.
///
/// Names in conditions and keys of the state store are globs: `*` stands for any run of characters, `\*` for a star, `\\` for a backslash.
/// Topics are topic filters. In ``clients`` and in everything that is allowed, `{user}`, `{client}`, `{group}` and `{attribute.NAME}` stand for what
/// was proven of the client; `{{` is a brace. A value that is missing or empty, or that holds `/`, `+`, `#`, `*` or U+0000, makes the text that
/// names it allow nothing.
package struct AccessRule: Sendable, Hashable {
    /// What the rule is called in errors.
    package var name: String?
    /// The user names it is for, one of them; nil for any user and for anonymous clients.
    package var users: [String]?
    /// The client identifiers it is for, one of them; nil for any.
    package var clients: [String]?
    /// The groups it is for: the client is in one of them; nil for any.
    package var groups: [String]?
    /// The attributes it is for: each of them has one of the values.
    package var attributes: [String: [String]]
    /// Whether they may connect.
    package var connect: Bool
    /// The topic filters whose topics they may publish to, wills included.
    package var publish: [String]
    /// The topic filters they may subscribe to, each with everything that it covers.
    ///
    /// `$share/GROUP/FILTER` allows one shared group, `$share/+/FILTER` any. A filter without `$share` allows no shared subscription: who joins a
    /// group takes messages away from its other members.
    package var subscribe: [String]
    /// The keys of the state store they may read and watch.
    package var readState: [String]
    /// The keys of the state store they may set and delete.
    package var writeState: [String]

    /// Makes a rule; what is left out is no condition, or allows nothing.
    package init(
        name: String? = nil,
        users: [String]? = nil,
        clients: [String]? = nil,
        groups: [String]? = nil,
        attributes: [String: [String]] = [:],
        connect: Bool = false,
        publish: [String] = [],
        subscribe: [String] = [],
        readState: [String] = [],
        writeState: [String] = []
    ) {
        self.name = name
        self.users = users
        self.clients = clients
        self.groups = groups
        self.attributes = attributes
        self.connect = connect
        self.publish = publish
        self.subscribe = subscribe
        self.readState = readState
        self.writeState = writeState
    }
}
