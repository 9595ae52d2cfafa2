/// A user of a password file.
package struct PasswordEntry: Sendable, Hashable {
    /// The user name.
    package var name: String
    /// What is kept of the password.
    package var hash: PasswordHash
    /// The groups that the user is in.
    package var groups: [String]

    /// Makes a user.
    ///
    /// - Parameters:
    ///   - name: The user name.
    ///   - hash: What is kept of the password.
    ///   - groups: The groups that the user is in.
    /// - Throws: For a name that cannot stand in the file.
    package init(name: String, hash: PasswordHash, groups: [String] = []) throws(AuthenticationError) {
        try Self.check(name, isGroup: false)
        for group in groups { try Self.check(group, isGroup: true) }
        self.name = name
        self.hash = hash
        self.groups = groups
    }

    /// Reads a line `NAME:HASH` or `NAME:HASH:GROUP,GROUP`.
    ///
    /// - Parameter line: The line.
    /// - Throws: What is wrong with it.
    init(line: String) throws(AuthenticationError) {
        let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 2 || fields.count == 3 else {
            throw AuthenticationError(.content, "a line is NAME:HASH or NAME:HASH:GROUP,GROUP")
        }
        let groups =
            fields.count == 3 && !fields[2].isEmpty
            ? fields[2].split(separator: ",", omittingEmptySubsequences: false) : []
        try self.init(name: fields[0], hash: PasswordHash(fields[1]), groups: groups.map(String.init))
    }

    /// The line of the user.
    package var line: String {
        groups.isEmpty ? "\(name):\(hash)" : "\(name):\(hash):\(groups.joined(separator: ","))"
    }

    /// Whether a name can stand in the file.
    ///
    /// - Parameters:
    ///   - name: The name of a user or a group.
    ///   - isGroup: Whether it is a group's.
    /// - Throws: What is wrong with it.
    package static func check(_ name: String, isGroup: Bool) throws(AuthenticationError) {
        let what = isGroup ? "group" : "user name"
        guard !name.isEmpty else { throw AuthenticationError(.content, "a \(what) is not empty") }
        let hasControl = name.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
        let isComment = !isGroup && name.hasPrefix("#")
        guard !hasControl, !name.contains(":"), !isComment, !(isGroup && name.contains(",")) else {
            let banned = isGroup ? "no colon, no comma" : "no colon, no '#' at the beginning"
            throw AuthenticationError(.content, "a \(what) has \(banned) and no control characters")
        }
    }
}
