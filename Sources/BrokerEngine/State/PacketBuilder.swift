/// Writes an MQTT 5 PUBLISH of the broker's own, from its parts.
enum PacketBuilder {
    /// The largest number a variable byte integer holds.
    private static let largest = 268_435_455

    /// Appends the packet, as of QoS 0.
    ///
    /// - Parameters:
    ///   - topic: The topic.
    ///   - retain: The RETAIN flag.
    ///   - expiry: Seconds it lives.
    ///   - properties: The other properties, without their length.
    ///   - payload: The payload.
    ///   - out: What it is appended to.
    /// - Returns: Where it lies; nil when it would be larger than a packet may be.
    static func append(
        topic: Span<UInt8>,
        retain: Bool = false,
        expiry: UInt32? = nil,
        properties: Span<UInt8>,
        payload: Span<UInt8>,
        to out: inout [UInt8]
    ) -> Range<Int>? {
        let propertiesLength = properties.count + (expiry == nil ? 0 : 5)
        let remaining = 2 + topic.count + size(propertiesLength) + propertiesLength + payload.count
        guard topic.count <= 65_535, remaining <= largest else { return nil }
        let start = out.count
        out.append(retain ? 0x31 : 0x30)
        append(remaining, to: &out)
        out.append(UInt8(truncatingIfNeeded: topic.count >> 8))
        out.append(UInt8(truncatingIfNeeded: topic.count))
        out.append(span: topic)
        append(propertiesLength, to: &out)
        if let expiry {
            out.append(0x02)
            for shift in [24, 16, 8, 0] as [UInt32] { out.append(UInt8(truncatingIfNeeded: expiry >> shift)) }
        }
        out.append(span: properties)
        out.append(span: payload)
        return start..<out.count
    }

    private static func size(_ value: Int) -> Int {
        value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
    }

    private static func append(_ value: Int, to out: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }
}
