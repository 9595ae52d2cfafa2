import NIOCore

/// Which delivery a `martlet-id` names: the same for every copy that goes to one group or one session, after any redelivery or restart.
///
/// Sequences are never used twice, also not those that were lost with a crash, so an identity never names another message.
struct DeliveryIdentity: Hashable {
    /// Whose delivery it is.
    enum Owner: UInt8 {
        case group = 103
        case session = 115
    }

    var owner: Owner
    /// The group's or the session's number.
    var number: UInt64
    /// The position in the queue of the session; 0 for a group.
    var position: UInt64
    /// The message.
    var sequence: UInt64

    private static let separator = UInt8(ascii: "-")

    /// Reads the text of ``write(to:)``.
    init?(_ text: Span<UInt8>) {
        guard text.count > 1, let owner = Owner(rawValue: text[0]) else { return nil }
        var numbers: [UInt64] = []
        var value: UInt64 = 0
        var digits = 0
        for index in 1..<text.count {
            if text[index] == Self.separator {
                guard digits > 0 else { return nil }
                numbers.append(value)
                (value, digits) = (0, 0)
                continue
            }
            guard let digit = Self.digit(text[index]), digits < 16 else { return nil }
            value = value << 4 | digit
            digits += 1
        }
        guard digits > 0 else { return nil }
        numbers.append(value)
        guard numbers.count == (owner == .group ? 2 : 3) else { return nil }
        self.owner = owner
        number = numbers[0]
        position = owner == .group ? 0 : numbers[1]
        sequence = numbers[numbers.count - 1]
    }

    init(owner: Owner, number: UInt64, position: UInt64, sequence: UInt64) {
        self.owner = owner
        self.number = number
        self.position = position
        self.sequence = sequence
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
        default: nil
        }
    }

    /// Bytes of the text.
    var count: Int {
        1 + Self.digits(number) + (owner == .session ? 1 + Self.digits(position) : 0) + 1 + Self.digits(sequence)
    }

    private static func digits(_ value: UInt64) -> Int { max(1, (64 - value.leadingZeroBitCount + 3) / 4) }

    /// Writes the text: `g` or `s`, then the numbers in hexadecimal with a hyphen between.
    func write(to buffer: inout ByteBuffer) {
        buffer.writeInteger(owner.rawValue)
        Self.write(number, to: &buffer)
        if owner == .session {
            buffer.writeInteger(Self.separator)
            Self.write(position, to: &buffer)
        }
        buffer.writeInteger(Self.separator)
        Self.write(sequence, to: &buffer)
    }

    private static func write(_ value: UInt64, to buffer: inout ByteBuffer) {
        var left = digits(value)
        while left > 0 {
            left -= 1
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(left * 4)) & 15
            buffer.writeInteger(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
