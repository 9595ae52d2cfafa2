import NIOCore

/// A property with its identifier before it; nothing if there is no value.
extension PacketSink {
    mutating func property(_ identifier: PropertyIdentifier, _ value: Bool?) {
        guard let value else { return }
        byte(identifier.rawValue)
        byte(value ? 1 : 0)
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: UInt8?) {
        guard let value else { return }
        byte(identifier.rawValue)
        byte(value)
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: UInt16?) {
        guard let value else { return }
        byte(identifier.rawValue)
        uint16(value)
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: UInt32?) {
        guard let value else { return }
        byte(identifier.rawValue)
        uint32(value)
    }

    mutating func property(_ identifier: PropertyIdentifier, variable value: UInt32?) {
        guard let value else { return }
        byte(identifier.rawValue)
        variable(value)
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: String?) {
        guard let value else { return }
        byte(identifier.rawValue)
        text(value)
    }

    mutating func property(_ identifier: PropertyIdentifier, _ value: ByteBuffer?) {
        guard let value else { return }
        byte(identifier.rawValue)
        binary(value)
    }
}
