/// A value in a token.
enum TokenValue: Decodable, Sendable, Hashable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case list([TokenValue])
    case object([String: TokenValue])
    case nothing

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .nothing
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([TokenValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: TokenValue].self))
        }
    }

    /// The value as a text, where it is one, a whole number, or true or false.
    var name: String? {
        switch self {
        case .text(let text): text
        case .flag(let flag): String(flag)
        case .number(let number): Int64(exactly: number).map { String($0) }
        case .list, .object, .nothing: nil
        }
    }

    /// The texts of a list of texts, or of one; nil for anything else.
    var names: [String]? {
        guard case .list(let list) = self else { return name.map { [$0] } }
        let names = list.compactMap(\.name)
        return names.count == list.count ? names : nil
    }

    /// A time (RFC 7519 §2, NumericDate) in milliseconds since 1970.
    var milliseconds: Int64? {
        guard case .number(let seconds) = self, seconds.magnitude < 1e13 else { return nil }
        return Int64(seconds * 1_000)
    }
}
