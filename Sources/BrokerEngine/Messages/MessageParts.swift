/// The parts of a message about to be kept, as ranges of the bytes it came in.
struct MessageParts {
    /// The topic, without its length.
    var topic: Range<Int>
    /// The properties as they came, without their length; see ``propertyRanges``.
    var properties: Range<Int>
    /// The properties that subscribers get where ``properties`` also holds some that they do not; nil when all pass through.
    var propertyRanges: [Range<Int>]?
    /// The payload.
    var payload: Range<Int>
    /// When it expires, in milliseconds of the engine's clock.
    var expiresAt: Int64 = .max
    /// The publisher's QoS.
    var qos: UInt8

    /// Bytes of the body, nearly: the length of the properties may have three bytes more.
    var bodyLength: Int { 5 + topic.count + propertiesLength + payload.count }

    /// Bytes of the properties that subscribers get.
    var propertiesLength: Int {
        propertyRanges?.reduce(0) { $0 + $1.count } ?? properties.count
    }
}
