/// A message of a commit whose page is not durable yet.
struct HeldMessage {
    var page: UInt64
    var message: Int32
    /// Its identity: the handle may be another message's by then.
    var sequence: UInt64
    /// For a copy of a retained message, the page that message itself waits for; `UInt64.max` for any other.
    var originPage = UInt64.max
}

/// A copy of QoS 0 of such a message, for the next member of a group; it has a reference to the message.
struct HeldCopy {
    var page: UInt64
    var message: Int32
    var group: Int32
    /// The group's number: the place may be another group's by then.
    var deliveryID: UInt64
}
