import MQTTPackets

extension StateEnvelope {
    /// Reads the properties of a PUBLISH that was checked.
    ///
    /// - Parameters:
    ///   - bytes: The span that was parsed.
    ///   - properties: The properties of its view.
    /// - Returns: What they say; unknown ones are passed over.
    package static func parse(_ bytes: Span<UInt8>, properties: Range<Int>) -> StateEnvelope {
        var envelope = StateEnvelope()
        PublishView.forEachProperty(bytes, in: properties) { property, first, second in
            switch property {
            case .responseTopic: envelope.responseTopic = first
            case .correlationData: envelope.correlation = first
            case .userProperty: envelope.readUserProperty(bytes, name: first, value: second)
            default: break
            }
        }
        return envelope
    }

    @inline(__always)
    private mutating func readUserProperty(_ bytes: Span<UInt8>, name: Range<Int>, value: Range<Int>) {
        switch name.count {
        case 4 where says(bytes, name, "__ts"):
            if let parts = StateInstant.parse(bytes, in: value) {
                timestamp = parts.instant
            } else {
                isMalformed = true
            }
        case 4 where says(bytes, name, "__ft"):
            if let version = StateVersion(bytes, in: value) {
                fencingToken = version
            } else {
                isMalformed = true
            }
        case 7 where says(bytes, name, "__srcId"):
            source = value
        case 15 where says(bytes, name, "aio-persistence"):
            isPersistent = value.count == 4 && says(bytes, value, "true")
        default: break
        }
    }

    /// Whether bytes are a text of as many letters.
    @inline(__always)
    private func says(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { letters in
            for offset in letters.indices where bytes[range.lowerBound &+ offset] != letters[offset] { return false }
            return true
        }
    }
}
