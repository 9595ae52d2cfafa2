#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stores values as JSON documents with sorted keys, so that equal values are equal bytes.
public struct JSONStateCodec<Value: Codable>: StateCodec {
    private let encoder: JSONEncoder
    private let decoder = JSONDecoder()

    /// Makes the codec.
    public init() {
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// Encodes a value.
    ///
    /// - Parameter value: The value.
    /// - Returns: The document in UTF-8.
    /// - Throws: `EncodingError` when the value has no JSON form.
    public func encode(_ value: Value) throws -> [UInt8] {
        Array(try encoder.encode(value))
    }

    /// Decodes a document.
    ///
    /// - Parameter bytes: The document in UTF-8.
    /// - Returns: The value.
    /// - Throws: `DecodingError` when it is not a document of the value's form.
    public func decode(_ bytes: [UInt8]) throws -> Value {
        try decoder.decode(Value.self, from: Data(bytes))
    }
}
