import MQTTPackets

extension CommitPublish {
    /// Appends the properties of the message as they stand in a PUBLISH packet, without the length of the section and
    /// without the message expiry, which is ``expiry``.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of the request.
    ///   - out: The section.
    package func appendProperties(_ bytes: Span<UInt8>, to out: inout [UInt8]) {
        var reader = RESPReader(options.range)
        // The options were checked when the operation was read: nothing throws here.
        while let word = try? reader.bulk(bytes) {
            switch RESPWord.word(bytes, word) {
            case RESPWord.retain: break
            case RESPWord.qos, RESPWord.expiry: _ = try? reader.bulk(bytes)
            case RESPWord.format:
                guard let value = try? reader.bulk(bytes), let digit = value.last else { return }
                out.append(PropertyIdentifier.payloadFormatIndicator.rawValue)
                out.append(bytes[digit] &- UInt8(ascii: "0"))
            case RESPWord.type: append(.contentType, bytes, &reader, &out)
            case RESPWord.response: append(.responseTopic, bytes, &reader, &out)
            case RESPWord.correlat: append(.correlationData, bytes, &reader, &out)
            default:
                append(.userProperty, bytes, &reader, &out)
                guard let value = try? reader.bulk(bytes) else { return }
                StateAnswer.append(length: value.count, to: &out)
                out.append(span: bytes.extracting(value))
            }
        }
    }

    private func append(
        _ property: PropertyIdentifier,
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ out: inout [UInt8]
    ) {
        guard let value = try? reader.bulk(bytes) else { return }
        StateAnswer.append(property, bytes.extracting(value), to: &out)
    }
}
