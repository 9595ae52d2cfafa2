import Journal

/// The body of a `stored` record, read back.
struct StoredFact {
    /// A receiver with a queue position.
    struct Target {
        var session: UInt64
        var position: UInt64
        var qos: UInt8
        var retain: Bool
        /// Of QoS 2, and its PUBREC came.
        var isConfirmed: Bool
        var identifiers: [UInt32]
        /// Deliveries that ended in vain.
        var attempts: UInt16 = 0
    }

    /// A shared group that has the message.
    struct Group {
        var id: UInt64
        /// Deliveries that ended in vain.
        var attempts: UInt32 = 0
        /// When it comes again.
        var due = EngineTime(milliseconds: 0)
    }

    /// Flags beside a QoS.
    static let retainFlag: UInt8 = 4
    static let attemptsFlag: UInt8 = 8
    /// From version 3.
    static let confirmedFlag: UInt8 = 16
    /// Beside the QoS of the message: who published it follows, from version 3 on.
    static let publisherFlag: UInt8 = 8

    var sequence: UInt64
    var qos: UInt8
    var isRetained: Bool
    /// Who published a retained message, see ``BrokerEngine/retainedPublishers``.
    var publisher: UInt64 = 0
    /// Milliseconds of the engine's clock; `Int64.max` for never.
    var expiresAt: Int64
    var targets: [Target] = []
    var groups: [Group] = []
    var topicLength: Int
    var propertiesLength: Int
    /// Where the message's body lies in the page.
    var body: Range<Int>

    init(_ record: inout RecordBody, version: UInt8) throws(JournalError) {
        sequence = try record.readVarint()
        let flags = try record.readUInt8()
        qos = flags & 3
        isRetained = flags & Self.retainFlag != 0
        if version > 2, flags & Self.publisherFlag != 0 { publisher = try record.readUInt64() }
        let expiry = try record.readVarint()
        expiresAt = expiry == 0 ? .max : Int64(clamping: expiry)
        for _ in 0..<(try record.readVarint()) { targets.append(try Self.target(&record)) }
        for _ in 0..<(try record.readVarint()) { groups.append(try Self.group(&record, version: version)) }
        topicLength = Int(clamping: try record.readVarint())
        propertiesLength = Int(clamping: try record.readVarint())
        body = try record.readRange(record.remaining)
        guard topicLength <= 65_535, topicLength + propertiesLength + 5 <= body.count else {
            throw JournalError(.damaged, "A stored message has \(body.count) bytes, fewer than its parts.")
        }
    }

    private static func target(_ record: inout RecordBody) throws(JournalError) -> Target {
        let session = try record.readVarint()
        let position = try record.readVarint()
        let options = try record.readUInt8()
        var identifiers: [UInt32] = []
        for _ in 0..<(try record.readVarint()) { identifiers.append(UInt32(clamping: try record.readVarint())) }
        var target = Target(
            session: session,
            position: position,
            qos: options & 3,
            retain: options & retainFlag != 0,
            isConfirmed: options & confirmedFlag != 0,
            identifiers: identifiers
        )
        if options & attemptsFlag != 0 { target.attempts = UInt16(clamping: try record.readVarint()) }
        return target
    }

    private static func group(_ record: inout RecordBody, version: UInt8) throws(JournalError) -> Group {
        let value = try record.readVarint()
        guard version > 1 else { return Group(id: value) }
        var group = Group(id: value >> 1)
        if value & 1 != 0 {
            group.attempts = UInt32(clamping: try record.readVarint())
            group.due = EngineTime(milliseconds: Int64(clamping: try record.readVarint()))
        }
        return group
    }
}
