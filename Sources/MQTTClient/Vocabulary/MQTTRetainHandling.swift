/// When the retained messages of a filter are sent to its new subscriber (MQTT 5.0 §3.8.3.1).
public enum MQTTRetainHandling: UInt8, Sendable, Hashable {
    /// Each time the client subscribes.
    case sendAtSubscribe = 0
    /// Only if the subscription did not exist before.
    case sendIfNew = 1
    /// Never.
    case doNotSend = 2
}
