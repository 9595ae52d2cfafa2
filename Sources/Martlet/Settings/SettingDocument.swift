/// A JSON document of settings: objects within objects, and at their ends texts, numbers and truth values.
///
/// Values are kept as text, so that a file, a variable and a flag are read by the same rules.
enum SettingDocument: Decodable {
    case object([String: SettingDocument])
    case leaf(String)

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Name.self) {
            var members: [String: SettingDocument] = [:]
            for name in object.allKeys {
                members[name.stringValue] = try object.decode(SettingDocument.self, forKey: name)
            }
            self = .object(members)
            return
        }
        let value = try decoder.singleValueContainer()
        if let toggle = try? value.decode(Bool.self) {
            self = .leaf(String(toggle))
        } else if let integer = try? value.decode(Int.self) {
            self = .leaf(String(integer))
        } else if let number = try? value.decode(Double.self) {
            self = .leaf(String(number))
        } else {
            self = .leaf(try value.decode(String.self))
        }
    }

    /// The name of a member, whatever it is.
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
