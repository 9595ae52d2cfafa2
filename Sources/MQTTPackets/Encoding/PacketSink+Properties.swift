import NIOCore

/// A property with its identifier before it; nothing if there is no value.
extension PacketSink {
    mutating func property(_ identifier: PropertyIdentifier, _ value: Bool?) {
        property(identifier, value) { $0.byte($1 ? 1 : 0) }
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: UInt8?) {
        property(identifier, value) { $0.byte($1) }
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: UInt16?) {
        property(identifier, value) { $0.uint16($1) }
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: UInt32?) {
        property(identifier, value) { $0.uint32($1) }
    }

    mutating func property(_ identifier: PropertyIdentifier, variable value: UInt32?) {
        property(identifier, value) { $0.variable($1) }
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: String?) {
        property(identifier, value) { $0.text($1) }
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: ByteBuffer?) {
        property(identifier, value) { $0.binary($1) }
    }

    private mutating func property<Value>(
        _ identifier: PropertyIdentifier,
        _ value: Value?,
        _ write: (inout Self, Value) -> Void
    ) {
        guard let value else { return }
        byte(identifier.rawValue)
        write(&self, value)
    }
}
