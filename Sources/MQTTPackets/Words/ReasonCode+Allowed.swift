extension ReasonCode {
    /// Whether a packet of this type may carry this code (the tables of MQTT 5.0 §3.2.2.2 to §3.15.2.1).
    ///
    /// - Parameters:
    ///   - type: The type of the packet.
    ///   - direction: Which way the packet goes, if known: some codes are for servers or clients only.
    /// - Returns: False for a packet without reason code, too.
    package func isAllowed(in type: PacketType, direction: PacketDirection? = nil) -> Bool {
        switch type {
        case .connack: isAllowedInConnAck
        case .puback, .pubrec: isAllowedInPubAck
        case .pubrel, .pubcomp: rawValue == 0 || rawValue == 0x92
        case .suback: isAllowedInSubAck
        case .unsuback: isAllowedInUnsubAck
        case .disconnect: isAllowedInDisconnect(direction)
        case .auth: isAllowedInAuth(direction)
        case .connect, .publish, .subscribe, .unsubscribe, .pingreq, .pingresp: false
        }
    }

    private var isAllowedInConnAck: Bool {
        switch rawValue {
        case 0, 0x80...0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99...0x9D, 0x9F: true
        default: false
        }
    }

    private var isAllowedInPubAck: Bool {
        switch rawValue {
        case 0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99: true
        default: false
        }
    }

    private var isAllowedInSubAck: Bool {
        switch rawValue {
        case 0, 1, 2, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2: true
        default: false
        }
    }

    private var isAllowedInUnsubAck: Bool {
        switch rawValue {
        case 0, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91: true
        default: false
        }
    }

    private func isAllowedInDisconnect(_ direction: PacketDirection?) -> Bool {
        switch rawValue {
        case 0, 0x80...0x83, 0x90, 0x93...0x99: true
        case 0x04: direction != .toClient
        case 0x87, 0x89, 0x8B...0x8F, 0x9A...0xA2: direction != .toServer
        default: false
        }
    }

    private func isAllowedInAuth(_ direction: PacketDirection?) -> Bool {
        switch rawValue {
        case 0: direction != .toServer
        case 0x18: true
        case 0x19: direction != .toClient
        default: false
        }
    }
}
