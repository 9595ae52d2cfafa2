import MQTTPackets

extension PacketCases {
    /// Property sections (§2.2.2): each of the 27 properties in each place.
    static let property: [PacketCase] = sections.flatMap { section in
        PropertySample.all.flatMap { cases(section, $0) } + damaged(section)
    }

    private static let sections: [PropertySection] = [
        PropertySection(
            name: "CONNECT",
            direction: .toServer,
            before: "10 [ s'MQTT' 05 02 00 3C",
            after: "s'c' ]",
            allowed: [0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27]
        ),
        PropertySection(
            name: "will",
            direction: .toServer,
            before: "10 [ s'MQTT' 05 06 00 3C [ ] s'c'",
            after: "s'w' s'' ]",
            allowed: [0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26]
        ),
        PropertySection(
            name: "CONNACK",
            direction: .toClient,
            before: "20 [ 00 00",
            after: "]",
            allowed: [
                0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A,
            ]
        ),
        PropertySection(
            name: "PUBLISH to a server",
            direction: .toServer,
            before: "32 [ s't' 00 01",
            after: "'x' ]",
            allowed: [0x01, 0x02, 0x03, 0x08, 0x09, 0x23, 0x26],
            forbidden: [0x0B]
        ),
        PropertySection(
            name: "PUBLISH to a client",
            direction: .toClient,
            before: "32 [ s't' 00 01",
            after: "'x' ]",
            allowed: [0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26]
        ),
        PropertySection(
            name: "PUBACK",
            direction: .toServer,
            before: "40 [ 00 01 00",
            after: "]",
            allowed: [0x1F, 0x26]
        ),
        PropertySection(
            name: "PUBREC",
            direction: .toServer,
            before: "50 [ 00 01 00",
            after: "]",
            allowed: [0x1F, 0x26]
        ),
        PropertySection(
            name: "PUBREL",
            direction: .toServer,
            before: "62 [ 00 01 00",
            after: "]",
            allowed: [0x1F, 0x26]
        ),
        PropertySection(
            name: "PUBCOMP",
            direction: .toServer,
            before: "70 [ 00 01 00",
            after: "]",
            allowed: [0x1F, 0x26]
        ),
        PropertySection(
            name: "SUBSCRIBE",
            direction: .toServer,
            before: "82 [ 00 01",
            after: "s'a' 00 ]",
            allowed: [0x0B, 0x26]
        ),
        PropertySection(
            name: "SUBACK",
            direction: .toClient,
            before: "90 [ 00 01",
            after: "00 ]",
            allowed: [0x1F, 0x26]
        ),
        PropertySection(
            name: "UNSUBSCRIBE",
            direction: .toServer,
            before: "A2 [ 00 01",
            after: "s'a' ]",
            allowed: [0x26]
        ),
        PropertySection(
            name: "UNSUBACK",
            direction: .toClient,
            before: "B0 [ 00 01",
            after: "00 ]",
            allowed: [0x1F, 0x26]
        ),
        PropertySection(
            name: "DISCONNECT from a client",
            direction: .toServer,
            before: "E0 [ 00",
            after: "]",
            allowed: [0x11, 0x1F, 0x26],
            forbidden: [0x1C]
        ),
        PropertySection(
            name: "DISCONNECT from a server",
            direction: .toClient,
            before: "E0 [ 00",
            after: "]",
            allowed: [0x1C, 0x1F, 0x26],
            forbidden: [0x11]
        ),
        PropertySection(
            name: "AUTH",
            direction: .toServer,
            before: "F0 [ 18",
            after: "]",
            allowed: [0x16, 0x1F, 0x26],
            companions: "15 s'm'"
        ),
    ]

    private static func cases(_ section: PropertySection, _ sample: PropertySample) -> [PacketCase] {
        let identifier = hex(sample.identifier)
        func bad(_ what: String, _ properties: String, _ code: ReasonCode) -> PacketCase {
            .bad("\(section.name): \(sample.name) \(what)", .v5, section.direction, section.notation(properties), code)
        }
        let good = "\(identifier) \(sample.kind.value)"
        if section.forbidden.contains(sample.identifier) { return [bad("from this side", good, .protocolError)] }
        if section.companions.contains(identifier) { return [bad("twice", good, .protocolError)] }
        guard section.allowed.contains(sample.identifier) else {
            return [bad("in a wrong place", good, .malformedPacket)]
        }
        var cases = [bad("cut off", "\(identifier) \(sample.kind.half)", .malformedPacket)]
        let mayRepeat = sample.identifier == 0x26 || (sample.identifier == 0x0B && section.name.hasPrefix("PUBLISH"))
        if !mayRepeat { cases.append(bad("twice", "\(good) \(good)", .protocolError)) }
        let zero: ReasonCode = sample.identifier == 0x23 ? .topicAliasInvalid : .protocolError
        switch sample.kind {
        case .flag: cases.append(bad("of 2", "\(identifier) 02", .protocolError))
        case .positive16: cases.append(bad("of 0", "\(identifier) 00 00", zero))
        case .positive32: cases.append(bad("of 0", "\(identifier) 00 00 00 00", .protocolError))
        case .variable:
            cases.append(bad("of 0", "\(identifier) 00", .protocolError))
            cases.append(bad("of five bytes", "\(identifier) 80 80 80 80 01", .malformedPacket))
        case .text:
            cases.append(bad("with U+0000", "\(identifier) ( 00 )", .malformedPacket))
            cases.append(bad("with a surrogate", "\(identifier) ( ED A0 80 )", .malformedPacket))
        case .pair:
            cases.append(bad("with a bad name", "\(identifier) ( FF ) s'v'", .malformedPacket))
            cases.append(bad("with a bad value", "\(identifier) s'n' ( 00 )", .malformedPacket))
            cases.append(bad("without a value", "\(identifier) s'n'", .malformedPacket))
            cases.append(bad("129 times", Array(repeating: good, count: 129).joined(separator: " "), .quotaExceeded))
        case .uint16, .uint32, .binary: break
        }
        return cases
    }

    /// Sections that are none.
    private static func damaged(_ section: PropertySection) -> [PacketCase] {
        let unknown = [0x00, 0x04, 0x0A, 0x14, 0x20, 0x2B, 0x7F, 0x80, 0xFF].map { byte in
            PacketCase.bad(
                "\(section.name): unknown property \(byte)",
                .v5,
                section.direction,
                section.notation("\(hex(UInt8(byte))) 00 00 00 00"),
                .malformedPacket
            )
        }
        let lengths = [("longer than the packet", "7F"), ("of five bytes", "80 80 80 80 01"), ("cut off", "80")]
        // A packet that ends in its properties ends right after the length; else the length swallows what follows.
        return unknown
            + lengths.map { name, length in
                PacketCase.bad(
                    "\(section.name): property length \(name)",
                    .v5,
                    section.direction,
                    "\(section.before) \(length) ]",
                    .malformedPacket
                )
            }
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
