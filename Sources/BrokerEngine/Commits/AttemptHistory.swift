import Journal
import MQTTPackets
import NIOCore

/// Why deliveries of a message of a group were handed back: the reasons of its RETRYs, the newest of them.
///
/// A session that asked for delivery facts gets each as a user property `martlet-failure`: the number of the delivery, a colon, a
/// space and the reason. So a replica that gives up knows what the others saw.
struct AttemptHistory {
    /// What bounds it.
    enum Limits {
        /// The most reasons that are kept for one message of one group; past it the oldest go.
        static let reasons = 16
        /// The most bytes of one reason; the rest is cut off.
        static let reasonBytes = 512
    }

    /// One reason.
    struct Reason: Equatable {
        /// Which delivery it was, from 1.
        var attempt: UInt32
        /// UTF-8 without control characters.
        var text: [UInt8]
    }

    private(set) var reasons: [Reason] = []

    private static let name = ByteBuffer(string: "martlet-failure")
    /// The identifier of a user property (MQTT 5.0 §2.2.2.2).
    private static let userProperty: UInt8 = 0x26

    /// Bytes of all reasons.
    var bytes: Int { reasons.reduce(0) { $0 + $1.text.count } }

    /// Adds a reason.
    ///
    /// - Parameters:
    ///   - reason: What the client said; what no text may hold is replaced.
    ///   - attempt: Which delivery it was.
    mutating func add(_ reason: Span<UInt8>, attempt: UInt32) {
        if reasons.count == Limits.reasons { reasons.removeFirst() }
        reasons.append(Reason(attempt: attempt, text: Self.text(reason)))
    }

    private static func text(_ reason: Span<UInt8>) -> [UInt8] {
        var end = min(reason.count, Limits.reasonBytes)
        // Not in the middle of a character.
        while end < reason.count, end > 0, reason[end] & 0xC0 == 0x80 { end -= 1 }
        let isText = UTF8Text.isWellFormed(reason, in: 0..<end)
        var text: [UInt8] = []
        text.reserveCapacity(end)
        for index in 0..<end {
            let byte = reason[index]
            let isFit = byte >= 0x20 && byte != 0x7F && (isText || byte < 0x80)
            text.append(isFit ? byte : UInt8(ascii: "?"))
        }
        return text
    }

    // MARK: The user properties

    /// Bytes of the user properties.
    var propertyBytes: Int {
        reasons.reduce(0) { $0 + 1 + 2 + Self.name.readableBytes + 2 + Self.prefix(of: $1).count + $1.text.count }
    }

    /// Writes the user properties.
    func writeProperties(to buffer: inout ByteBuffer) {
        for reason in reasons {
            let prefix = Self.prefix(of: reason)
            buffer.writeInteger(Self.userProperty)
            buffer.writeInteger(UInt16(Self.name.readableBytes))
            buffer.writeImmutableBuffer(Self.name)
            buffer.writeInteger(UInt16(prefix.count + reason.text.count))
            buffer.writeBytes(prefix)
            buffer.writeBytes(reason.text)
        }
    }

    private static func prefix(of reason: Reason) -> [UInt8] { Array("\(reason.attempt): ".utf8) }

    // MARK: The journal

    /// Appends the reasons to a fact.
    func write(to writer: inout PageWriter) {
        writer.append(varint: UInt64(reasons.count))
        for reason in reasons {
            writer.append(varint: UInt64(reason.attempt))
            writer.append(varint: UInt64(reason.text.count))
            writer.append(bytes: reason.text)
        }
    }

    /// Makes an empty history.
    init() {}

    /// Reads the reasons of a fact back.
    ///
    /// - Parameter body: Where they stand.
    /// - Throws: `JournalError` when they are damaged.
    init(_ body: inout RecordBody) throws(JournalError) {
        let count = try body.readVarint()
        guard count <= UInt64(Limits.reasons) else {
            throw JournalError(.damaged, "An attempt has \(count) reasons, more than are kept.")
        }
        for _ in 0..<count {
            let attempt = UInt32(clamping: try body.readVarint())
            let length = try body.readVarint()
            guard length <= UInt64(Limits.reasonBytes) else {
                throw JournalError(.damaged, "The reason of an attempt has \(length) bytes, more than are kept.")
            }
            let range = try body.readRange(Int(length))
            reasons.append(Reason(attempt: attempt, text: Array(body.bytes[range])))
        }
    }
}
