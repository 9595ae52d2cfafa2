/// What a subscription asks for: a topic with wildcards, perhaps shared (MQTT 5.0 §4.7.1, §4.8.2).
///
/// Filters are the same if and only if their bytes are: unlike Swift strings, MQTT knows no canonical equivalence
/// ([MQTT-4.7.3-4]).
package struct TopicFilter: Sendable {
    /// One level of a filter.
    package enum Level: Hashable, Sendable {
        /// Exactly these bytes; may be empty.
        case name([UInt8])
        /// `+`: any one level.
        case anyLevel
        /// `#`: this level, all below it and the one above it; always the last.
        case anyRest
    }

    /// The whole filter as it was subscribed to, with its share.
    package let string: String
    /// The name of the group of a shared subscription; nil if it is not shared.
    package let share: String?
    /// The levels of the filter proper, without the share; never empty.
    package let levels: [Level]

    /// Takes a filter apart.
    ///
    /// - Parameters:
    ///   - string: The filter, as in SUBSCRIBE.
    ///   - limits: The limits of the receiver.
    /// - Throws: 0x8F with what is wrong with it, to be answered for this filter in SUBACK.
    package init(_ string: String, limits: PacketLimits = .default) throws(PacketError) {
        let bytes = Array(string.utf8)
        guard UTF8Text.isWellFormed(bytes.span, in: 0..<bytes.count) else {
            throw Self.invalid("holds U+0000")
        }
        self.string = string
        guard let start = try Self.startOfSharedFilter(bytes) else {
            self.share = nil
            self.levels = try Self.levels(bytes[...], limits)
            return
        }
        self.share = String(decoding: bytes[Self.sharePrefix.count..<start - 1], as: UTF8.self)
        self.levels = try Self.levels(bytes[start...], limits)
    }

    private static let sharePrefix = Array("$share/".utf8)

    /// Where the filter begins after `$share/NAME/`; nil if it is not shared (§4.8.2).
    private static func startOfSharedFilter(_ bytes: [UInt8]) throws(PacketError) -> Int? {
        guard bytes.starts(with: sharePrefix) else { return nil }
        let rest = bytes[sharePrefix.count...]
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
            throw invalid("names a share without a filter")
        }
        if slash == sharePrefix.count { throw invalid("has an empty share name") }
        if rest[..<slash].contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
            throw invalid("has a wildcard in its share name")
        }
        return slash + 1
    }

    private static func levels(_ bytes: ArraySlice<UInt8>, _ limits: PacketLimits) throws(PacketError) -> [Level] {
        if bytes.isEmpty { throw invalid("is empty") }
        if bytes.count > limits.maximumTopicLength || bytes.count > 65_535 {
            throw invalid("has \(bytes.count) bytes, where \(limits.maximumTopicLength) are allowed")
        }
        var levels: [Level] = []
        for part in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if levels.count == limits.maximumTopicLevels {
                throw invalid("has more than \(limits.maximumTopicLevels) levels")
            }
            if levels.last == .anyRest { throw invalid("has a level after #") }
            if part.elementsEqual(CollectionOfOne(UInt8(ascii: "+"))) {
                levels.append(.anyLevel)
            } else if part.elementsEqual(CollectionOfOne(UInt8(ascii: "#"))) {
                levels.append(.anyRest)
            } else if part.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
                throw invalid("has a wildcard that is not a whole level")
            } else {
                levels.append(.name(Array(part)))
            }
        }
        return levels
    }

    private static func invalid(_ what: String) -> PacketError {
        PacketError(reasonCode: .topicFilterInvalid, message: "the topic filter \(what)")
    }
}

extension TopicFilter: Hashable {
    package static func == (lhs: TopicFilter, rhs: TopicFilter) -> Bool {
        lhs.string.utf8.elementsEqual(rhs.string.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in string.utf8 { hasher.combine(byte) }
    }
}
