/// Why bytes are no packet that may be accepted (MQTT 5.0 §4.13).
///
/// The reason code is the one to close the connection with: in a CONNACK while the connection is being made, in a
/// DISCONNECT after that. A 3.1.1 peer gets a return code or is cut off.
package struct PacketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The reason code that the specification asks for.
    package var reasonCode: ReasonCode
    /// What was wrong, and where, for a log; never holds payload, user name or password.
    package var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - reasonCode: The reason code to close the connection with.
    ///   - message: What was wrong, and where.
    package init(reasonCode: ReasonCode, message: String) {
        self.reasonCode = reasonCode
        self.message = message
    }

    package var description: String { "\(reasonCode): \(message)" }

    /// Bytes that cannot be parsed by the specification.
    @inline(never)
    static func malformed(_ message: String) -> PacketError {
        PacketError(reasonCode: .malformedPacket, message: message)
    }

    /// Bytes that parse, with a content that the protocol does not allow.
    @inline(never)
    static func violation(_ message: String) -> PacketError {
        PacketError(reasonCode: .protocolError, message: message)
    }

    /// A topic that parses and is not accepted.
    @inline(never)
    static func topicName(_ message: String) -> PacketError {
        PacketError(reasonCode: .topicNameInvalid, message: message)
    }
}
