/// What stands in the store under a key: a payload, and what the worker must know about it.
///
/// The form, version 1:
///
/// | bytes | what |
/// | --- | --- |
/// | 1, 1 | the magic `8F 4D`: no text begins so |
/// | 1 | the version of this form: 1 |
/// | 1 | flags: 1 expiry, 2 origin, 4 marks, 8 removed, 16 pending; any other is of a newer form |
/// | varint | the schema of the payload |
/// | 8, big endian | with the flag *expiry*: when the value ends, in milliseconds since 1970 |
/// | varint, bytes | with *origin*: the version, as text, that the value had before the store lost it |
/// | varint, then each: varint, bytes, varint, bytes | with *marks*: the messages that were applied (level B), the oldest first: identifier, outbox |
/// | varint, bytes | with *pending*: the intent by which the value is being changed (level B) |
/// | the rest | the payload |
///
/// A varint has seven bits a byte, the lowest first, and the highest bit of each byte but the last set.
struct StateEnvelope: Sendable, Equatable {
    /// A message that was applied to the value.
    struct Mark: Sendable, Equatable {
        /// The identifier of the message.
        var message: String
        /// What it was to publish, as ``Outbox`` writes it; empty for nothing.
        var outbox: [UInt8] = []
    }

    /// What bounds an envelope.
    enum Limits {
        /// The most marks of one value.
        static let marks = 64
        /// The longest identifier of a message, in bytes.
        static let identifierBytes = 1024
    }

    /// Which form the payload has.
    var schema: Int
    /// The value as the key's codec wrote it.
    var payload: [UInt8]
    /// When the value ends, in milliseconds since 1970; `nil` for never.
    var expiresAt: Int64?
    /// The version that the value had before the store lost it.
    var origin: [UInt8]?
    /// The messages that were applied, the oldest first.
    var marks: [Mark] = []
    /// Whether the key was removed, and only its marks are left (level B).
    var isRemoved = false
    /// The name of the intent by which the value is being changed, together with others (level B).
    var pending: [UInt8]?

    /// What is left of a removed key.
    ///
    /// - Parameter marks: The messages that were applied.
    /// - Returns: The envelope.
    static func removed(marks: [Mark]) -> StateEnvelope {
        StateEnvelope(schema: 1, payload: [], marks: marks, isRemoved: true)
    }
}

extension StateEnvelope {
    private static let magic: [UInt8] = [0x8F, 0x4D]
    private static let form: UInt8 = 1

    private enum Flag {
        static let expiry: UInt8 = 1
        static let origin: UInt8 = 2
        static let marks: UInt8 = 4
        static let removed: UInt8 = 8
        static let pending: UInt8 = 16
        static let all: UInt8 = 31
    }

    /// The bytes for the store.
    var bytes: [UInt8] {
        var flags: UInt8 = 0
        if expiresAt != nil { flags |= Flag.expiry }
        if origin != nil { flags |= Flag.origin }
        if !marks.isEmpty { flags |= Flag.marks }
        if isRemoved { flags |= Flag.removed }
        if pending != nil { flags |= Flag.pending }
        var bytes = Self.magic + [Self.form, flags]
        bytes.reserveCapacity(payload.count + 32)
        bytes.append(varint: UInt64(schema))
        if let expiresAt {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: expiresAt >> Int64(shift)))
            }
        }
        if let origin { bytes.append(counted: origin) }
        if !marks.isEmpty {
            bytes.append(varint: UInt64(marks.count))
            for mark in marks {
                bytes.append(counted: Array(mark.message.utf8))
                bytes.append(counted: mark.outbox)
            }
        }
        if let pending { bytes.append(counted: pending) }
        bytes += payload
        return bytes
    }

    /// Reads what stands in the store.
    ///
    /// - Parameters:
    ///   - bytes: The value as the store has it.
    ///   - key: Where it stands, for the error.
    /// - Throws: ``WorkerError`` when it is no envelope, a damaged one, or one of a newer form.
    init(_ bytes: [UInt8], key: String) throws(WorkerError) {
        guard bytes.count >= 4, bytes[0] == Self.magic[0], bytes[1] == Self.magic[1] else {
            throw WorkerError(.stateForeign, "what stands under '\(key)' was not written by a worker")
        }
        guard bytes[2] <= Self.form, bytes[3] & ~Flag.all == 0 else {
            throw WorkerError(
                .stateSchemaNewer,
                "what stands under '\(key)' was written by a newer version of Martlet (form \(bytes[2]))"
            )
        }
        var reader = ByteReader(bytes, from: 4)
        guard let content = Self.read(&reader, flags: bytes[3]), content.schema >= 1 else {
            throw WorkerError(.stateForeign, "what stands under '\(key)' begins as a value of a worker, but is damaged")
        }
        self = content
    }

    private static func read(_ reader: inout ByteReader, flags: UInt8) -> StateEnvelope? {
        guard let schema = reader.varint(), schema <= UInt64(Int32.max) else { return nil }
        var content = StateEnvelope(schema: Int(schema), payload: [])
        if flags & Flag.expiry != 0 {
            guard let number = reader.bytes(8) else { return nil }
            content.expiresAt = number.reduce(0) { $0 << 8 | Int64($1) }
        }
        if flags & Flag.origin != 0 {
            guard let origin = reader.counted() else { return nil }
            content.origin = Array(origin)
        }
        if flags & Flag.marks != 0 {
            guard let count = reader.varint(), count <= UInt64(Limits.marks) else { return nil }
            for _ in 0..<count {
                guard let message = reader.counted(), let outbox = reader.counted() else { return nil }
                content.marks.append(Mark(message: String(decoding: message, as: UTF8.self), outbox: Array(outbox)))
            }
        }
        content.isRemoved = flags & Flag.removed != 0
        if flags & Flag.pending != 0 {
            guard let pending = reader.counted() else { return nil }
            content.pending = Array(pending)
        }
        content.payload = Array(reader.rest)
        return content
    }
}
