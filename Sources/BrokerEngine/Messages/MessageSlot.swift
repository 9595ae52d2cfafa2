/// One kept message: where its bytes lie, who still needs it, when it ends.
///
/// The body is kept as it leaves for an MQTT 5 subscriber: topic with its length, two bytes for the packet identifier,
/// property length, properties, payload. So a delivery is one copy and a patched identifier.
struct MessageSlot {
    /// The message's identity, growing in order of arrival; 0 for a free slot.
    var sequence: UInt64 = 0
    /// When it expires, in milliseconds of the engine's clock; `Int64.max` for never.
    var expiresAt: Int64 = .max
    /// The journal page of its newest record; 0 when nothing durable depends on it.
    var page: UInt64 = 0
    /// Bytes of that record.
    var recordBytes: Int32 = 0
    /// How many queue entries, in-flight deliveries and retained topics need it.
    var references: Int32 = 0
    /// How many of them are shared groups.
    var groupReferences: Int32 = 0
    /// Which chunk holds the body; the next free slot while it is free.
    var chunk: Int32 = -1
    /// Where the body begins in its chunk.
    var offset: Int32 = 0
    /// Bytes of the body.
    var bodyLength: Int32 = 0
    /// Bytes of the properties, without their length field.
    var propertiesLength: Int32 = 0
    /// Bytes of the topic, without its length field.
    var topicLength: UInt16 = 0
    /// The publisher's QoS.
    var qos: UInt8 = 0
    /// A message of the broker's own (a will, a copy of a retained one): nobody could be told that the journal refused it.
    var isOwn = false
    /// Published by a commit whose page is not durable yet: nobody may see it, because a crash would take the commit back.
    var isHeld = false
    /// Its record is part of a commit: when the page fails, it is tried again with that.
    var isInCommit = false
    /// Whether deliveries of it that ended in vain were counted, see ``BrokerEngine/attempts``.
    var hasAttempts = false
    /// Set when the journal refused the message after it was queued: it is skipped where it was not sent yet.
    var isRefused = false
    /// When it arrived, in seconds of the engine's clock; 0 where nobody knows.
    ///
    /// It fills the slot up to the 64 bytes of a cache line.
    var arrived: UInt32 = 0

    /// Where its record stands in the journal.
    var fact: FactPlace {
        get { FactPlace(page: page, bytes: Int(recordBytes)) }
        set { (page, recordBytes) = (newValue.page, Int32(newValue.bytes)) }
    }
    /// Where the two bytes for the packet identifier begin, from the start of the body.
    var identifierOffset: Int { 2 + Int(topicLength) }
    /// Bytes of the variable byte integer in front of the properties.
    var propertiesLengthSize: Int {
        propertiesLength < 128 ? 1 : propertiesLength < 16_384 ? 2 : propertiesLength < 2_097_152 ? 3 : 4
    }
    /// Where the properties begin, from the start of the body.
    var propertiesOffset: Int { identifierOffset + 2 + propertiesLengthSize }
    /// Where the payload begins, from the start of the body.
    var payloadOffset: Int { propertiesOffset + Int(propertiesLength) }
    /// Bytes of the payload.
    var payloadLength: Int { Int(bodyLength) - payloadOffset }
}
