import NIOCore

/// What a PUBLISH says of its delivery to a session that asked for it: the user properties `martlet-id` and `martlet-attempt`, and
/// `martlet-failure` for what holders said who gave it back.
struct DeliveryFacts {
    var identity: DeliveryIdentity
    /// From 1.
    var attempt: UInt32
    /// Why deliveries before this one ended, as far as it is kept.
    var history: AttemptHistory?

    private static let identityName = ByteBuffer(string: "martlet-id")
    private static let attemptName = ByteBuffer(string: "martlet-attempt")

    /// The identifier of a user property (MQTT 5.0 §2.2.2.2).
    private static let userProperty: UInt8 = 0x26

    /// Bytes of the properties.
    var count: Int {
        let identityBytes = 1 + 2 + Self.identityName.readableBytes + 2 + identity.count
        let attemptBytes = 1 + 2 + Self.attemptName.readableBytes + 2 + Self.digits(attempt)
        return identityBytes + attemptBytes + (history?.propertyBytes ?? 0)
    }

    private static func digits(_ value: UInt32) -> Int {
        var (digits, rest) = (1, value / 10)
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        return digits
    }

    /// Writes the properties.
    func write(to buffer: inout ByteBuffer) {
        Self.write(name: Self.identityName, valueLength: identity.count, to: &buffer)
        identity.write(to: &buffer)
        let digits = Self.digits(attempt)
        Self.write(name: Self.attemptName, valueLength: digits, to: &buffer)
        var divisor: UInt32 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            buffer.writeInteger(UInt8(ascii: "0") + UInt8(attempt / divisor % 10))
            divisor /= 10
        }
        history?.writeProperties(to: &buffer)
    }

    private static func write(name: ByteBuffer, valueLength: Int, to buffer: inout ByteBuffer) {
        buffer.writeInteger(Self.userProperty)
        buffer.writeInteger(UInt16(name.readableBytes))
        buffer.writeImmutableBuffer(name)
        buffer.writeInteger(UInt16(valueLength))
    }
}
