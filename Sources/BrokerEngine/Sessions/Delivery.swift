/// How one copy of a message goes out.
struct Delivery {
    var qos: UInt8
    var isDuplicate: Bool
    var retain: Bool
    /// The set of subscription identifiers; negative for none.
    var identifiers: Int32
    /// 0 for QoS 0.
    var packetIdentifier: UInt16

    /// The first byte of its PUBLISH.
    var firstByte: UInt8 { 0x30 | (isDuplicate ? 0x08 : 0) | (qos << 1) | (retain ? 0x01 : 0) }
}
