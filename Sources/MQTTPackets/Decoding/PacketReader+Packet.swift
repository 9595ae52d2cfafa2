import NIOCore

extension PacketReader {
    /// Reads the whole packet.
    ///
    /// - Parameter header: The fixed header that stood before the body.
    /// - Returns: The packet.
    /// - Throws: What is wrong with it.
    mutating func packet(_ header: FixedHeader) throws(PacketError) -> Packet {
        switch header.type {
        case .connect: return .connect(try connect())
        case .connack: return .connack(try connack())
        case .publish: return .publish(try publish(header))
        case .puback:
            let (identifier, code, properties) = try acknowledgement()
            return .puback(PubAck(packetIdentifier: identifier, reasonCode: code, properties: properties))
        case .pubrec:
            let (identifier, code, properties) = try acknowledgement()
            return .pubrec(PubRec(packetIdentifier: identifier, reasonCode: code, properties: properties))
        case .pubrel:
            let (identifier, code, properties) = try acknowledgement()
            return .pubrel(PubRel(packetIdentifier: identifier, reasonCode: code, properties: properties))
        case .pubcomp:
            let (identifier, code, properties) = try acknowledgement()
            return .pubcomp(PubComp(packetIdentifier: identifier, reasonCode: code, properties: properties))
        case .subscribe: return .subscribe(try subscribe())
        case .suback: return .suback(try suback())
        case .unsubscribe: return .unsubscribe(try unsubscribe())
        case .unsuback: return .unsuback(try unsuback())
        case .pingreq:
            try finish()
            return .pingreq
        case .pingresp:
            try finish()
            return .pingresp
        case .disconnect: return .disconnect(try disconnect())
        case .auth: return .auth(try auth())
        }
    }
}
