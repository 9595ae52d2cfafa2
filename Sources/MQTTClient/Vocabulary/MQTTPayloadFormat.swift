/// What a payload is declared to be (MQTT 5.0 §3.3.2.3.2).
public enum MQTTPayloadFormat: UInt8, Sendable, Hashable {
    /// Bytes of no declared form.
    case bytes = 0
    /// UTF-8 text.
    case utf8 = 1
}
