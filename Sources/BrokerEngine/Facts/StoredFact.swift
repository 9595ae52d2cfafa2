import Journal

/// The body of a `stored` record, read back.
struct StoredFact {
    /// A receiver with a queue position.
    struct Target {
        var session: UInt64
        var position: UInt64
        var qos: UInt8
        var retain: Bool
        var identifiers: [UInt32]
    }

    var sequence: UInt64
    var qos: UInt8
    var isRetained: Bool
    /// Milliseconds of the engine's clock; `Int64.max` for never.
    var expiresAt: Int64
    var targets: [Target] = []
    var groups: [UInt64] = []
    var topicLength: Int
    var propertiesLength: Int
    /// Where the message's body lies in the page.
    var body: Range<Int>

    init(_ record: inout RecordBody) throws(JournalError) {
        sequence = try record.readVarint()
        let flags = try record.readUInt8()
        qos = flags & 3
        isRetained = flags & 4 != 0
        let expiry = try record.readVarint()
        expiresAt = expiry == 0 ? .max : Int64(clamping: expiry)
        for _ in 0..<(try record.readVarint()) {
            let session = try record.readVarint()
            let position = try record.readVarint()
            let options = try record.readUInt8()
            var identifiers: [UInt32] = []
            for _ in 0..<(try record.readVarint()) { identifiers.append(UInt32(clamping: try record.readVarint())) }
            targets.append(
                Target(
                    session: session,
                    position: position,
                    qos: options & 3,
                    retain: options & 4 != 0,
                    identifiers: identifiers
                )
            )
        }
        for _ in 0..<(try record.readVarint()) { groups.append(try record.readVarint()) }
        topicLength = Int(clamping: try record.readVarint())
        propertiesLength = Int(clamping: try record.readVarint())
        body = try record.readRange(record.remaining)
        guard topicLength <= 65_535, topicLength + propertiesLength + 5 <= body.count else {
            throw JournalError(.damaged, "A stored message has \(body.count) bytes, fewer than its parts.")
        }
    }
}
