/// The rules of topic names: what a message is published to (MQTT 5.0 §4.7).
package enum TopicName {
    /// Whether the bytes may be the topic of a message: well-formed UTF-8 without U+0000, not empty, without wildcard, within
    /// the limits.
    ///
    /// - Parameters:
    ///   - utf8: The bytes of the topic.
    ///   - limits: The limits of the receiver.
    /// - Returns: Whether a message may be published to it.
    package static func isValid(_ utf8: Span<UInt8>, limits: PacketLimits = .default) -> Bool {
        !utf8.isEmpty && utf8.count <= 65_535 && TopicScan(utf8, in: 0..<utf8.count, limits: limits) == .valid
    }

    /// Whether the string may be the topic of a message.
    ///
    /// - Parameters:
    ///   - string: The topic.
    ///   - limits: The limits of the receiver.
    /// - Returns: Whether a message may be published to it.
    package static func isValid(_ string: String, limits: PacketLimits = .default) -> Bool {
        isValid(Array(string.utf8).span, limits: limits)
    }
}
