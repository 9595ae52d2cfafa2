/// When a subscription brings the retained messages (MQTT 5.0 §3.8.3.1).
package enum RetainHandling: UInt8, Sendable, Hashable {
    /// Whenever the client subscribes.
    case sendAlways = 0
    /// Only if there was no such subscription yet.
    case sendIfNew = 1
    /// Never.
    case sendNever = 2
}
