/// A version of the protocol, by the level that stands in CONNECT (MQTT 5.0 §3.1.2.2).
package enum ProtocolVersion: UInt8, Sendable {
    /// MQTT 3.1.1.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v3_1_1 = 4
    /// MQTT 5.0.
    case v5 = 5
}
