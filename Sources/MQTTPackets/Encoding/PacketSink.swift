import NIOCore

/// Where the fields of a packet go: into a count, to learn the lengths that stand before them, and then into bytes.
///
/// One description of each packet serves both, so that length and content cannot differ.
protocol PacketSink {
    mutating func byte(_ value: UInt8)
    mutating func uint16(_ value: UInt16)
    mutating func uint32(_ value: UInt32)
    mutating func variable(_ value: UInt32)
    /// Text with its length before it.
    mutating func text(_ value: String)
    /// Binary data with its length before it.
    mutating func binary(_ value: ByteBuffer)
    /// Bytes without a length.
    mutating func raw(_ value: ByteBuffer)
}

/// Counts.
struct SizeSink: PacketSink {
    /// Bytes so far.
    var count = 0

    mutating func byte(_ value: UInt8) { count += 1 }
    mutating func uint16(_ value: UInt16) { count += 2 }
    mutating func uint32(_ value: UInt32) { count += 4 }
    mutating func variable(_ value: UInt32) { count += VariableByteInteger.size(value) }
    mutating func text(_ value: String) { count += 2 + value.utf8.count }
    mutating func binary(_ value: ByteBuffer) { count += 2 + value.readableBytes }
    mutating func raw(_ value: ByteBuffer) { count += value.readableBytes }
}

/// Writes.
struct BufferSink: PacketSink {
    /// What was written so far.
    var buffer: ByteBuffer

    mutating func byte(_ value: UInt8) { buffer.writeInteger(value) }
    mutating func uint16(_ value: UInt16) { buffer.writeInteger(value) }
    mutating func uint32(_ value: UInt32) { buffer.writeInteger(value) }
    mutating func variable(_ value: UInt32) { VariableByteInteger.write(value, into: &buffer) }

    mutating func text(_ value: String) {
        buffer.writeInteger(Self.length(value.utf8.count))
        buffer.writeString(value)
    }

    mutating func binary(_ value: ByteBuffer) {
        buffer.writeInteger(Self.length(value.readableBytes))
        buffer.writeImmutableBuffer(value)
    }

    mutating func raw(_ value: ByteBuffer) { buffer.writeImmutableBuffer(value) }

    private static func length(_ count: Int) -> UInt16 {
        guard let length = UInt16(exactly: count) else {
            preconditionFailure("a field of \(count) bytes: check what users give with Packet.checkEncodable(version:)")
        }
        return length
    }
}
