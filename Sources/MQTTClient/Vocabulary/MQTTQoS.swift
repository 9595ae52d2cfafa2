/// How often a message may arrive (MQTT 5.0 §4.3).
public enum MQTTQoS: UInt8, Sendable, Hashable, Comparable, CaseIterable {
    /// The message arrives once or not at all; nobody acknowledges it.
    case atMostOnce = 0
    /// The message arrives once or more often; the receiver acknowledges it.
    case atLeastOnce = 1
    /// The message arrives once: sender and receiver keep its packet identifier until both know that it did.
    case exactlyOnce = 2

    /// Orders by the strength of the promise.
    public static func < (left: MQTTQoS, right: MQTTQoS) -> Bool {
        left.rawValue < right.rawValue
    }
}
