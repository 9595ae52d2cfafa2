/// How one copy of a message goes out.
struct Delivery {
    var qos: UInt8
    var isDuplicate: Bool
    var retain: Bool
    /// The set of subscription identifiers; negative for none.
    var identifiers: Int32
    /// 0 for QoS 0.
    var packetIdentifier: UInt16
}
