package import NIOCore

/// Integers of one to four bytes, seven bits in each (MQTT 5.0 §1.5.5).
package enum VariableByteInteger {
    /// The highest value there is.
    package static let maximum: UInt32 = 268_435_455

    /// How many bytes a value takes; a value above ``maximum`` has no form and would be cut.
    ///
    /// - Parameter value: The value.
    /// - Returns: 1 to 4.
    package static func size(_ value: UInt32) -> Int {
        value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
    }

    /// Writes a value in as few bytes as it needs.
    ///
    /// - Parameters:
    ///   - value: The value, at most ``maximum``.
    ///   - buffer: Where to write.
    package static func write(_ value: UInt32, into buffer: inout ByteBuffer) {
        let (bytes, count) = encoded(value)
        switch count {
        case 1: buffer.writeInteger(UInt8(truncatingIfNeeded: bytes))
        case 2: buffer.writeInteger(UInt16(truncatingIfNeeded: bytes), endianness: .little)
        case 3:
            buffer.writeInteger(UInt16(truncatingIfNeeded: bytes), endianness: .little)
            buffer.writeInteger(UInt8(truncatingIfNeeded: bytes &>> 16))
        default: buffer.writeInteger(bytes, endianness: .little)
        }
    }

    /// Writes a value in as few bytes as it needs.
    ///
    /// - Parameters:
    ///   - value: The value, at most ``maximum``.
    ///   - bytes: Where to write.
    package static func write(_ value: UInt32, into bytes: inout [UInt8]) {
        var rest = value & maximum
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// The bytes of a value, the first in the lowest place, and how many there are.
    ///
    /// - Parameter value: The value, at most ``maximum``.
    /// - Returns: The bytes as a little-endian integer, and their number.
    package static func encoded(_ value: UInt32) -> (bytes: UInt32, count: Int) {
        let count = size(value)
        var bytes: UInt32 = 0
        for index in 0..<count {
            let more: UInt32 = index < count &- 1 ? 0x80 : 0
            bytes |= ((value &>> UInt32(7 &* index)) & 0x7F | more) &<< UInt32(8 &* index)
        }
        return (bytes, count)
    }
}
