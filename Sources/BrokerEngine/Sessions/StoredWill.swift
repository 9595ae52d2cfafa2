/// The will message of a session (MQTT 5.0 §3.1.2.5), kept as the PUBLISH packet it will be, until it is sent or dropped.
struct StoredWill {
    /// An MQTT 5 PUBLISH packet of QoS 0; the will's own QoS stands beside it.
    var packet: [UInt8]
    var qos: UInt8
    /// Seconds between the loss of the connection and the sending.
    var delay: UInt32

    /// Its topic.
    var topic: [UInt8] {
        // Behind the first byte and the remaining length.
        guard let last = packet.dropFirst().firstIndex(where: { $0 < 0x80 }), last + 3 <= packet.count else {
            return []
        }
        let length = Int(packet[last + 1]) << 8 | Int(packet[last + 2])
        return Array(packet[(last + 3)...].prefix(length))
    }
}
