/// One copy of a message in the queue of a session, waiting or in flight.
struct DeliveryEntry {
    /// The kept message; negative once the entry is done.
    var message: Int32
    /// The set of subscription identifiers it carries; negative for none.
    var identifiers: Int32
    /// The QoS it is delivered with.
    var qos: UInt8
    /// The RETAIN flag it is delivered with.
    var retain: Bool
    /// Sent on the present connection and not acknowledged.
    var isInflight = false
    /// Sent on an earlier connection (or perhaps: before a crash), so DUP is set (MQTT 5.0 §3.3.1.1).
    var mayBeDuplicate = false

    /// An entry that is done.
    static let done = DeliveryEntry(message: -1, identifiers: -1, qos: 0, retain: false)
    var isDone: Bool { message < 0 }
}
