import Foundation
import Testing

/// The members that a type is decoded from, learned by decoding it from nothing and giving it what it asks for.
struct MemberNames: Sendable, CustomTestStringConvertible {
    var all: Set<String>
    var required: Set<String>

    var testDescription: String { "\(all.count) members" }

    static func of(_ type: (some Decodable).Type) -> MemberNames {
        let asked = AskedNames()
        _ = try? type.init(from: AskingDecoder(asked: asked))
        return MemberNames(all: asked.all, required: asked.required)
    }
}

/// What a decoder was asked for.
private final class AskedNames {
    var all: Set<String> = []
    var required: Set<String> = []
}

/// A decoder that notes what it is asked for, and has a value for everything that must be there.
private struct AskingDecoder: Decoder {
    let asked: AskedNames
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(AskingContainer<Key>(asked: asked))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw CancellationError() }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw CancellationError() }
}

private struct AskingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let asked: AskedNames
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    /// Nothing is there, which is all that an optional member asks.
    func contains(_ key: Key) -> Bool {
        asked.all.insert(key.stringValue)
        return false
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        asked.all.insert(key.stringValue)
        return true
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        asked.all.insert(key.stringValue)
        asked.required.insert(key.stringValue)
        for json in ["0", "\"\"", "false", "[]", "{}"] {
            if let value = try? JSONDecoder().decode(type, from: Data(json.utf8)) { return value }
        }
        throw CancellationError()
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw CancellationError() }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw CancellationError() }
    func superDecoder() throws -> any Decoder { throw CancellationError() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw CancellationError() }
}
