import NIOCore

/// Counts the bytes of a packet.
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
