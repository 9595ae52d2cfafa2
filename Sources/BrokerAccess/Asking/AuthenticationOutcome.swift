package import MQTTPackets

/// What became of an ``AuthenticationRequest``.
package enum AuthenticationOutcome: Sendable {
    /// The client is who it says; `data` is the last word of the method, if it has one.
    case accepted(Principal, data: [UInt8]? = nil)
    /// The method asks for one step more.
    case challenge([UInt8])
    /// It is not: the reason for CONNACK or DISCONNECT (0x86, 0x87, 0x8C, 0x88, …), and what the audit log may say. Never a secret.
    case refused(ReasonCode, String)
}
