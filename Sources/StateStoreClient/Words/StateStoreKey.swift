/// The name of a value in a state store: any bytes but none at all.
public struct StateStoreKey: Sendable, Hashable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Makes a key of bytes.
    ///
    /// - Parameter bytes: The bytes; a store refuses none at all.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Makes a key of text, as its UTF-8.
    ///
    /// - Parameter text: The text.
    public init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    /// The key as text; `nil` if its bytes are not UTF-8.
    public var text: String? { String(validating: self.bytes, as: UTF8.self) }
}

extension StateStoreKey: ExpressibleByStringLiteral {
    /// Makes a key of a literal.
    ///
    /// - Parameter value: The text.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension StateStoreKey: Comparable {
    /// Whether a key's bytes come before another's.
    ///
    /// - Parameters:
    ///   - left: One key.
    ///   - right: Another.
    /// - Returns: Whether the left one comes first.
    public static func < (left: StateStoreKey, right: StateStoreKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension StateStoreKey: CustomStringConvertible {
    /// The text, or the bytes in hexadecimal where they are no text.
    public var description: String { self.text ?? "0x" + HexText.lower(self.bytes) }
}
