/// A file of users as it is, line by line: what is changed is one line, and every other stays as it was.
///
/// A line is `NAME:HASH` or `NAME:HASH:GROUP,GROUP`; empty lines and lines that begin with `#` are remarks.
package struct PasswordFile: Sendable {
    /// Users that a file may have.
    static let maximumUsers = 1_000_000

    private var lines: [[UInt8]]
    /// Whether the last line ends with a newline.
    private var endsWithNewline: Bool

    /// Takes a file apart.
    ///
    /// - Parameter bytes: What is in it.
    package init(_ bytes: [UInt8] = []) {
        endsWithNewline = bytes.last == UInt8(ascii: "\n")
        let content = endsWithNewline ? bytes.dropLast() : bytes[...]
        lines =
            bytes.isEmpty
            ? [] : content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// What is in it.
    package var bytes: [UInt8] {
        var bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        if !lines.isEmpty, endsWithNewline { bytes.append(UInt8(ascii: "\n")) }
        return bytes
    }

    /// The users.
    ///
    /// - Parameter path: The name of the file, for errors.
    /// - Returns: The users, as they stand in the file.
    /// - Throws: What is wrong with the first line that is wrong.
    package func entries(path: String) throws(AuthenticationError) -> [PasswordEntry] {
        var entries: [PasswordEntry] = []
        var numbers: [String: Int] = [:]
        for (index, line) in lines.enumerated() where !Self.isRemark(line) {
            let place = "\(path), line \(index + 1)"
            guard let text = String(validating: Self.withoutReturn(line), as: UTF8.self) else {
                throw AuthenticationError(.content, "\(place): this is no UTF-8")
            }
            do throws(AuthenticationError) {
                entries.append(try PasswordEntry(line: text))
            } catch {
                throw AuthenticationError(.content, "\(place): \(error.message)")
            }
            let name = entries[entries.count - 1].name
            if let other = numbers.updateValue(index + 1, forKey: name) {
                throw AuthenticationError(.content, "\(place): the user '\(name)' is on line \(other) already")
            }
            guard entries.count <= Self.maximumUsers else {
                throw AuthenticationError(.content, "\(path): a file has at most \(Self.maximumUsers) users")
            }
        }
        return entries
    }

    /// The names in it, in their order, those of lines that are wrong too.
    package var names: [String] {
        lines.filter { !Self.isRemark($0) }.map { String(decoding: Self.name(of: $0), as: UTF8.self) }
    }

    /// The line of a user as it is; nil where there is none.
    package func line(of name: String) -> String? {
        index(of: name).map { String(decoding: Self.withoutReturn(lines[$0]), as: UTF8.self) }
    }

    /// Adds a user, or puts it in the place of the one with its name.
    ///
    /// - Parameter entry: The user.
    /// - Returns: Whether it is new.
    package mutating func set(_ entry: PasswordEntry) -> Bool {
        let line = Array(entry.line.utf8)
        if let index = index(of: entry.name) {
            let hasReturn = lines[index].last == UInt8(ascii: "\r")
            lines[index] = hasReturn ? line + [UInt8(ascii: "\r")] : line
            return false
        }
        if lines.isEmpty { endsWithNewline = true }
        if !endsWithNewline { endsWithNewline = true }
        lines.append(line)
        return true
    }

    /// Takes a user out.
    ///
    /// - Parameter name: The user name.
    /// - Returns: Whether it was there.
    package mutating func remove(_ name: String) -> Bool {
        guard let index = index(of: name) else { return false }
        lines.remove(at: index)
        return true
    }

    private func index(of name: String) -> Int? {
        lines.firstIndex { !Self.isRemark($0) && Self.name(of: $0).elementsEqual(name.utf8) }
    }

    private static func isRemark(_ line: [UInt8]) -> Bool {
        line.first == UInt8(ascii: "#") || line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == 0x09 || $0 == 0x0D }
    }

    private static func name(of line: [UInt8]) -> ArraySlice<UInt8> {
        line.prefix { $0 != UInt8(ascii: ":") }
    }

    private static func withoutReturn(_ line: [UInt8]) -> ArraySlice<UInt8> {
        line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
    }
}
