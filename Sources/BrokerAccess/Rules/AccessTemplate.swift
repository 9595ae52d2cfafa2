/// A text of a rule, taken apart: literal bytes, what is taken over from the client, and stars.
struct AccessTemplate: Sendable, Hashable {
    /// A part of the text.
    enum Piece: Sendable, Hashable {
        case literal([UInt8])
        /// A value of the client, which must hold none of the bytes: they separate it from what may be of any length beside it.
        case value(AccessVariable, separators: [UInt8])
        /// `*`: any run of bytes.
        case star
    }

    /// What is wrong with a text.
    struct Problem: Error {
        var message: String
    }

    private(set) var pieces: [Piece] = []

    /// Takes a text apart.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - allowsStars: Whether `*` and the backslash mean something.
    ///   - allowsValues: Whether braces do.
    /// - Throws: What is wrong with it and what to do.
    init(_ text: String, allowsStars: Bool, allowsValues: Bool) throws(Problem) {
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0: throw Problem(message: "it holds U+0000, which no name can")
            case UInt8(ascii: "*") where allowsStars:
                if pieces.last != .star { pieces.append(.star) }
            case UInt8(ascii: "\\") where allowsStars:
                guard let escaped = rest.popFirst(), escaped == UInt8(ascii: "*") || escaped == byte else {
                    throw Problem(message: #"a backslash stands before '*' or '\' only; write '\\' for one"#)
                }
                append(escaped)
            case UInt8(ascii: "{") where allowsValues:
                if rest.first == byte {
                    rest.removeFirst()
                    append(byte)
                } else {
                    pieces.append(.value(try Self.variable(&rest), separators: []))
                }
            default: append(byte)
            }
        }
        try separate(text)
    }

    private mutating func append(_ byte: UInt8) {
        if case .literal(let bytes) = pieces.last {
            pieces[pieces.count - 1] = .literal(bytes + [byte])
        } else {
            pieces.append(.literal([byte]))
        }
    }

    private static func variable(_ rest: inout ArraySlice<UInt8>) throws(Problem) -> AccessVariable {
        let names = "{user}, {client}, {group} or {attribute.NAME}; '{{' is a brace"
        guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
            throw Problem(message: "a '{' is not closed: it begins \(names)")
        }
        let name = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        guard let variable = AccessVariable(name) else {
            throw Problem(message: "there is no {\(name)}: write \(names)")
        }
        return variable
    }

    // MARK: What separates values

    /// Notes for each value what it must not hold, so that no two clients can come to the same text.
    ///
    /// With `{user}-{client}` the user `a-b` with the client `c` would be the same as `a` with `b-c`; and with `{user}-*` the user `a` would
    /// have what is `a-b`'s. No value holds a slash, so only what lies between two slashes counts.
    private mutating func separate(_ text: String) throws(Problem) {
        for index in pieces.indices {
            guard case .value(let variable, _) = pieces[index] else { continue }
            var separators: [UInt8] = []
            if index + 1 < pieces.count, isOpenAhead(from: index + 1) {
                guard case .literal(let bytes) = pieces[index + 1] else { throw Self.ambiguous(text) }
                separators.append(bytes[0])
            }
            if index > 0, isOpenBehind(from: index - 1) {
                guard case .literal(let bytes) = pieces[index - 1] else { throw Self.ambiguous(text) }
                separators.append(bytes[bytes.count - 1])
            }
            pieces[index] = .value(variable, separators: separators)
        }
    }

    private static func ambiguous(_ text: String) -> Problem {
        Problem(
            message: "in '\(text)' two names, or a name and a '*', touch, so that one client could pass for another; "
                + "put a separator between them, best '/'"
        )
    }

    /// Whether a star or a value comes before the next slash.
    private func isOpenAhead(from start: Int) -> Bool {
        for piece in pieces[start...] {
            guard case .literal(let bytes) = piece else { return true }
            if bytes.contains(UInt8(ascii: "/")) { return false }
        }
        return false
    }

    private func isOpenBehind(from start: Int) -> Bool {
        for piece in pieces[...start].reversed() {
            guard case .literal(let bytes) = piece else { return true }
            if bytes.contains(UInt8(ascii: "/")) { return false }
        }
        return false
    }

    // MARK: Substitution

    /// Whether nothing of a client stands in it.
    var isFixed: Bool {
        pieces.allSatisfy { if case .value = $0 { false } else { true } }
    }

    /// Whether a client's group stands in it.
    var namesGroup: Bool {
        pieces.contains { if case .value(.group, _) = $0 { true } else { false } }
    }

    /// Whether it names the client identifier.
    var namesClient: Bool {
        pieces.contains { if case .value(.client, _) = $0 { true } else { false } }
    }

    /// The text for a client, between its stars.
    ///
    /// - Parameters:
    ///   - principal: The client; nil for a text in which nothing of one stands.
    ///   - group: The group whose turn it is.
    /// - Returns: The parts between the stars, one more than there are stars; nil where a value is missing or must not stand here.
    func parts(of principal: Principal?, group: String?) -> [[UInt8]]? {
        var parts: [[UInt8]] = [[]]
        for piece in pieces {
            switch piece {
            case .literal(let bytes): parts[parts.count - 1] += bytes
            case .star: parts.append([])
            case .value(let variable, let separators):
                guard let principal, let value = variable.value(of: principal, group: group),
                    !value.utf8.contains(where: separators.contains)
                else { return nil }
                parts[parts.count - 1] += Array(value.utf8)
            }
        }
        return parts
    }
}
