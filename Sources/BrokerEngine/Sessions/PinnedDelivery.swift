/// A QoS 2 message of a shared group in the queue of the one session that is to get it ([MQTT-4.8.2-4]).
///
/// Known only until it is sent: when the connection is lost before, nothing has begun, and the group gets it back.
struct PinnedDelivery {
    /// Where it stands in the session's queue.
    var position: UInt64
    /// The group it came from.
    var group: Int32
    /// The group's number: the place may be another group's by then.
    var deliveryID: UInt64
    /// How deliveries to members of the group ended before, which still counts when the group gets it back; nil for none.
    var past: EndedDeliveries?
}
