import MQTTPackets
import NIOCore

extension PacketCases {
    /// The fixed header (§2.1): types, flags, lengths, and the ways packets may go.
    static let fixedHeader: [PacketCase] = headers + reservedFlags + lengths + wrongWays

    private static let headers: [PacketCase] = [
        .half("nothing at all", .v5, .toServer, ""),
        .half("the first byte alone", .v5, .toServer, "30"),
        .half("a length that goes on", .v5, .toServer, "30 80"),
        .half("three bytes of a length that goes on", .v5, .toServer, "30 FF FF 80"),
        .half("a header without its packet", .v5, .toServer, "30 05"),
        .half("all but the last byte", .v5, .toServer, "30 05 00 01 't' 00"),
        .bad("type 0", .v5, .toServer, "00 00", .malformedPacket),
        .bad("type 0 in 3.1.1", .v3_1_1, .toServer, "0F 00", .malformedPacket),
        .bad("type 15 in 3.1.1", .v3_1_1, .toServer, "F0 00", .malformedPacket),
    ]

    /// Every other flag than the one there has to be (table 2-2).
    private static let reservedFlags: [PacketCase] = PacketType.allCases.filter { $0 != .publish }.flatMap { type in
        let right: UInt8 = [.pubrel, .subscribe, .unsubscribe].contains(type) ? 2 : 0
        let direction: PacketDirection = PacketDirection.toServer.allows(type, version: .v5) ? .toServer : .toClient
        return ([0, 1, 2, 4, 8, 15] as [UInt8]).filter { $0 != right }.map { flags in
            let first = String(type.rawValue << 4 | flags, radix: 16)
            return PacketCase.bad("\(type) with flags \(flags)", .v5, direction, "\(first) 00", .malformedPacket)
        }
    }

    private static let lengths: [PacketCase] = [
        .bad("a fifth byte of length", .v5, .toServer, "30 FF FF FF FF 01", .malformedPacket),
        .bad("a fourth byte of length that goes on", .v5, .toServer, "C0 80 80 80 80", .malformedPacket),
        .bad("a fifth byte of length in 3.1.1", .v3_1_1, .toClient, "D0 80 80 80 80 00", .malformedPacket),
        .bad("the longest packet there can be", .v5, .toServer, "30 FF FF FF 7F", .packetTooLarge),
        .bad("one byte above the default limit", .v5, .toServer, "30 FD FF 43", .packetTooLarge),
        .half("exactly the default limit", .v5, .toServer, "30 FC FF 43"),
        .bad("a CONNECT above the limit for strangers", .v5, .toServer, "10 FD FF 0F", .packetTooLarge),
        .half("a CONNECT of exactly the limit", .v5, .toServer, "10 FC FF 0F"),
        .good("a length with more bytes than it needs", .v5, .toServer, "C0 80 00", .pingreq, roundTrips: false),
        .good("a length of 0 in four bytes", .v5, .toServer, "C0 80 80 80 00", .pingreq, roundTrips: false),
        .good(
            "a length of two bytes",
            .v5,
            .toServer,
            "30 83 01 00 01 't' 00 'x'*127",
            .publish(Publish(topic: "t", payload: ByteBuffer(repeating: UInt8(ascii: "x"), count: 127)))
        ),
        .good(
            "a length of three bytes",
            .v3_1_1,
            .toServer,
            "30 [ s't' 'x'*20000 ]",
            .publish(Publish(topic: "t", payload: ByteBuffer(repeating: UInt8(ascii: "x"), count: 20_000)))
        ),
    ]

    private static let wrongWays: [PacketCase] = [
        .bad("CONNACK to a server", .v5, .toServer, "20 03 00 00 00", .protocolError),
        .bad("SUBACK to a server", .v5, .toServer, "90 04 00 01 00 00", .protocolError),
        .bad("UNSUBACK to a server", .v5, .toServer, "B0 04 00 01 00 00", .protocolError),
        .bad("PINGRESP to a server", .v5, .toServer, "D0 00", .protocolError),
        .bad("CONNECT to a client", .v5, .toClient, "10 [ s'MQTT' 05 02 00 3C [ ] s'c' ]", .protocolError),
        .bad("SUBSCRIBE to a client", .v5, .toClient, "82 [ 00 01 [ ] s'a' 00 ]", .protocolError),
        .bad("UNSUBSCRIBE to a client", .v5, .toClient, "A2 [ 00 01 [ ] s'a' ]", .protocolError),
        .bad("PINGREQ to a client", .v5, .toClient, "C0 00", .protocolError),
        .bad("DISCONNECT to a client of 3.1.1", .v3_1_1, .toClient, "E0 00", .protocolError),
    ]
}
