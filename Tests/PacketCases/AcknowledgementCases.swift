import MQTTPackets

extension PacketCases {
    /// PUBACK, PUBREC, PUBREL and PUBCOMP (§3.4 to §3.7), which are alike.
    static let acknowledgement: [PacketCase] = [PacketType.puback, .pubrec, .pubrel, .pubcomp].flatMap { type in
        packets(type) + codes(type) + errors(type)
    }

    private static func packets(_ type: PacketType) -> [PacketCase] {
        let first = firstByte(type)
        let error: ReasonCode = type == .puback || type == .pubrec ? .quotaExceeded : .packetIdentifierNotFound
        let hex = String(error.rawValue, radix: 16)
        return [
            .good("\(type), the least", .v5, .toServer, "\(first) 02 00 01", packet(type, 1)),
            .good("\(type) to a client", .v5, .toClient, "\(first) 02 FF FF", packet(type, 65_535)),
            .good("\(type) with an error", .v5, .toServer, "\(first) 03 00 01 \(hex)", packet(type, 1, error)),
            .good(
                "\(type) with a success that is said",
                .v5,
                .toServer,
                "\(first) 03 00 01 00",
                packet(type, 1),
                roundTrips: false
            ),
            .good(
                "\(type) with an empty section",
                .v5,
                .toServer,
                "\(first) 04 00 01 \(hex) 00",
                packet(type, 1, error),
                roundTrips: false
            ),
            .good(
                "\(type) with properties",
                .v5,
                .toServer,
                "\(first) [ 12 34 \(hex) [ 1F s'why' 26 s'a' s'1' 26 s'a' s'1' ] ]",
                packet(
                    type,
                    0x1234,
                    error,
                    AckProperties(
                        reasonString: "why",
                        userProperties: [UserProperty(name: "a", value: "1"), UserProperty(name: "a", value: "1")]
                    )
                )
            ),
            .good(
                "\(type) with success and properties",
                .v5,
                .toServer,
                "\(first) [ 00 01 00 [ 1F s'' ] ]",
                packet(type, 1, .success, AckProperties(reasonString: ""))
            ),
            .good("3.1.1 \(type)", .v3_1_1, .toServer, "\(first) 02 00 01", packet(type, 1)),
            .good("3.1.1 \(type) to a client", .v3_1_1, .toClient, "\(first) 02 80 00", packet(type, 0x8000)),
        ]
    }

    /// Every reason code (tables 3-4 to 3-7).
    private static func codes(_ type: PacketType) -> [PacketCase] {
        let messages: Set = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
        let allowed: Set = type == .puback || type == .pubrec ? messages : [0x00, 0x92]
        return [0x00, 0x01, 0x10, 0x11, 0x7F, 0x80, 0x81, 0x83, 0x87, 0x8F, 0x90, 0x91, 0x92, 0x93, 0x97, 0x99, 0xFF]
            .map {
                reasonCodeCase("\(type)", .toServer, "\(firstByte(type)) 03 00 01", "", $0, allowed) {
                    packet(type, 1, $0)
                }
            }
    }

    private static func errors(_ type: PacketType) -> [PacketCase] {
        let first = firstByte(type)
        return [
            .bad("\(type) that is empty", .v5, .toServer, "\(first) 00", .malformedPacket),
            .bad("\(type) cut in its packet identifier", .v5, .toServer, "\(first) 01 00", .malformedPacket),
            .bad("\(type) with packet identifier 0", .v5, .toServer, "\(first) 02 00 00", .protocolError),
            .bad("\(type) with bytes after its end", .v5, .toServer, "\(first) 05 00 01 00 00 00", .malformedPacket),
            .bad("3.1.1 \(type) with a reason code", .v3_1_1, .toServer, "\(first) 03 00 01 00", .malformedPacket),
            .bad("3.1.1 \(type) with packet identifier 0", .v3_1_1, .toClient, "\(first) 02 00 00", .protocolError),
        ]
    }

    private static func firstByte(_ type: PacketType) -> String {
        String(type.rawValue, radix: 16) + (type == .pubrel ? "2" : "0")
    }

    private static func packet(
        _ type: PacketType,
        _ identifier: UInt16,
        _ code: ReasonCode = .success,
        _ properties: AckProperties = AckProperties()
    ) -> Packet {
        switch type {
        case .puback: .puback(PubAck(packetIdentifier: identifier, reasonCode: code, properties: properties))
        case .pubrec: .pubrec(PubRec(packetIdentifier: identifier, reasonCode: code, properties: properties))
        case .pubrel: .pubrel(PubRel(packetIdentifier: identifier, reasonCode: code, properties: properties))
        default: .pubcomp(PubComp(packetIdentifier: identifier, reasonCode: code, properties: properties))
        }
    }
}
