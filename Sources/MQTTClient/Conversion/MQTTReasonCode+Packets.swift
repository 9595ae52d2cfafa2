import MQTTPackets

extension MQTTReasonCode {
    init(_ code: ReasonCode) {
        self.init(rawValue: code.rawValue)
    }

    /// Whether a CONNACK with this code says that trying again would not help (MQTT 5.0 §3.2.2.2).
    var endsConnecting: Bool {
        switch self.rawValue {
        case 0x81...0x87, 0x8A, 0x8C, 0x90, 0x95, 0x99...0x9D: true
        default: false
        }
    }

    /// Whether a DISCONNECT with this code says that connecting again would not help (MQTT 5.0 §3.14.2.1).
    var endsSession: Bool {
        switch self.rawValue {
        case 0x81, 0x82, 0x87, 0x8E, 0x8F, 0x90, 0x94, 0x95, 0x99...0x9B, 0x9D, 0x9E, 0xA1, 0xA2: true
        default: false
        }
    }
}
