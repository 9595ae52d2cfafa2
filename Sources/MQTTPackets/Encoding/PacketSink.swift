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
