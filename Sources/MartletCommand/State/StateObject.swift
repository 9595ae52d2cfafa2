import StateStoreClient

/// What `--json` prints of a key.
///
/// Bytes that are UTF-8 stand as text; others as Base64 under a name of its own (`keyBase64`, `valueBase64`). With `--hex` or
/// `--base64` all bytes stand so (`keyHex`, `valueHex`).
struct StateObject: Encodable {
    private enum Name: String, CodingKey {
        case key, keyHex, keyBase64, value, valueHex, valueBase64, version, event
    }

    var key: StateStoreKey
    var value: [UInt8]?
    var version: StateStoreVersion?
    /// What happened, for those that tell of events.
    var event: String?
    var notation: ByteNotation

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        try put(key.bytes, (.key, .keyHex, .keyBase64), in: &container)
        if let value { try put(value, (.value, .valueHex, .valueBase64), in: &container) }
        try container.encodeIfPresent(version.map { "\($0)" }, forKey: .version)
        try container.encodeIfPresent(event, forKey: .event)
    }

    private func put(
        _ bytes: [UInt8],
        _ names: (text: Name, hex: Name, base64: Name),
        in container: inout KeyedEncodingContainer<Name>
    ) throws {
        switch notation {
        case .hexadecimal: try container.encode(notation.line(bytes), forKey: names.hex)
        case .base64: try container.encode(notation.line(bytes), forKey: names.base64)
        case .text:
            if let text = String(validating: bytes, as: UTF8.self) {
                try container.encode(text, forKey: names.text)
            } else {
                try container.encode(ByteNotation.base64.line(bytes), forKey: names.base64)
            }
        }
    }
}
