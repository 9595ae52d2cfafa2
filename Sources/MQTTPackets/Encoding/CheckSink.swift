import NIOCore

/// Looks for fields that the wire cannot carry.
struct CheckSink: PacketSink {
    /// The first problem, if there was any.
    var problem: String?

    mutating func byte(_ value: UInt8) {}
    mutating func uint16(_ value: UInt16) {}
    mutating func uint32(_ value: UInt32) {}

    mutating func variable(_ value: UInt32) {
        if value > VariableByteInteger.maximum { note("a variable byte integer of \(value)") }
    }

    mutating func text(_ value: String) {
        let count = value.utf8.count
        if count > UInt16.max { note("a text of \(count) bytes, where the protocol allows 65,535") }
        if value.utf8.contains(0) { note("a text with U+0000") }
    }

    mutating func binary(_ value: ByteBuffer) {
        if value.readableBytes > UInt16.max {
            note("a binary field of \(value.readableBytes) bytes, where the protocol allows 65,535")
        }
    }

    mutating func raw(_ value: ByteBuffer) {}

    private mutating func note(_ problem: String) {
        if self.problem == nil { self.problem = problem }
    }
}
