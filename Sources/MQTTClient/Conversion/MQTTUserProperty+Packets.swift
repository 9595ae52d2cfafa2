import MQTTPackets

extension MQTTUserProperty {
    init(_ property: UserProperty) {
        self.init(property.name, property.value)
    }

    /// Whether it can be encoded.
    var isValid: Bool { self.name.isFieldText && self.value.isFieldText }
}

extension UserProperty {
    init(_ property: MQTTUserProperty) {
        self.init(name: property.name, value: property.value)
    }
}

extension String {
    /// Whether the text can be a field of a packet: at most 65,535 bytes without U+0000 (MQTT 5.0 §1.5.4).
    var isFieldText: Bool {
        self.utf8.count <= Int(UInt16.max) && !self.utf8.contains(0)
    }
}
