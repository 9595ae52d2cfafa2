import NIOCore

/// Writes the bytes of a packet.
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
