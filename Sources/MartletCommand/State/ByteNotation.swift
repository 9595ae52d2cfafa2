import Foundation

/// How bytes stand on the command line and in results.
enum ByteNotation: Sendable {
    case text, hexadecimal, base64

    /// What it is called in an error.
    var name: String {
        switch self {
        case .text: "text"
        case .hexadecimal: "hexadecimal: two digits a byte"
        case .base64: "Base64"
        }
    }

    /// The bytes that a text stands for; `nil` if it stands for none.
    func bytes(_ text: String) -> [UInt8]? {
        switch self {
        case .text: return Array(text.utf8)
        case .base64: return Data(base64Encoded: text).map(Array.init)
        case .hexadecimal:
            let digits = Array(text.utf8)
            guard digits.count.isMultiple(of: 2), digits.allSatisfy({ Self.isDigit($0) }) else { return nil }
            return stride(from: 0, to: digits.count, by: 2).compactMap { index in
                UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// The text that stands for bytes on a line; as text, what is not UTF-8 or would break the line is shown as `\xNN`.
    func line(_ bytes: [UInt8]) -> String {
        switch self {
        case .hexadecimal: return bytes.map { Self.hex($0) }.joined()
        case .base64: return Data(bytes).base64EncodedString()
        case .text:
            if let text = String(validating: bytes, as: UTF8.self),
                !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            {
                return text
            }
            return bytes.map { byte in
                (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "\\x" + Self.hex(byte)
            }.joined()
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
