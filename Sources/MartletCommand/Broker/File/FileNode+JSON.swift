import Foundation

extension FileNode: Decodable {
    /// Reads JSON.
    ///
    /// - Parameter json: The bytes.
    /// - Throws: `CommandFailure` that says what is wrong.
    init(json: Data) throws {
        do {
            self = try JSONDecoder().decode(FileNode.self, from: json)
        } catch {
            throw CommandFailure("it can not be read as JSON: \(error)")
        }
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Name.self) {
            let members = try object.allKeys.map { name in
                Member(key: name.stringValue, value: try object.decode(FileNode.self, forKey: name))
            }
            content = .object(members.sorted { $0.key < $1.key })
            return
        }
        if var list = try? decoder.unkeyedContainer() {
            var nodes: [FileNode] = []
            while !list.isAtEnd { nodes.append(try list.decode(FileNode.self)) }
            content = .list(nodes)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            content = .nothing
        } else if let toggle = try? value.decode(Bool.self) {
            content = .toggle(toggle)
        } else if let integer = try? value.decode(Int.self) {
            content = .number(String(integer))
        } else if let number = try? value.decode(Double.self) {
            content = .number(String(number))
        } else {
            content = .text(try value.decode(String.self))
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
