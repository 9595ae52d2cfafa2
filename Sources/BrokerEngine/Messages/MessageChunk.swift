/// A run of bytes that holds the bodies of some messages, one after the other.
struct MessageChunk {
    var bytes: [UInt8] = []
    /// How many messages still lie here.
    var live: Int32 = 0

    mutating func append(body: Span<UInt8>) {
        bytes.append(span: body)
    }

    mutating func append(bytes source: Span<UInt8>, parts: MessageParts) {
        bytes.append(UInt8(truncatingIfNeeded: parts.topic.count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: parts.topic.count))
        bytes.append(span: source.extracting(parts.topic))
        bytes.append(0)
        bytes.append(0)
        var length = parts.propertiesLength
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        if let ranges = parts.propertyRanges {
            for range in ranges { bytes.append(span: source.extracting(range)) }
        } else if !parts.properties.isEmpty {
            bytes.append(span: source.extracting(parts.properties))
        }
        bytes.append(span: source.extracting(parts.payload))
    }
}
