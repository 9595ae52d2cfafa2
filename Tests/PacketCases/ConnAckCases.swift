import MQTTPackets
import NIOCore

extension PacketCases {
    /// CONNACK (§3.2).
    static let connack: [PacketCase] = connackPackets + connackCodes + connackErrors

    private static let connackPackets: [PacketCase] = [
        .good("CONNACK, the least", .v5, .toClient, "20 03 00 00 00", .connack(ConnAck())),
        .good("CONNACK with a session", .v5, .toClient, "20 03 01 00 00", .connack(ConnAck(sessionPresent: true))),
        .good(
            "CONNACK with all properties",
            .v5,
            .toClient,
            """
            20 [ 00 00 [ 11 00 01 51 80 12 s'auto-1' 13 00 1E 15 s'm' 16 ( 01 ) 1A s'info' 1C s'other:1883' 1F s'welcome' \
            21 00 40 22 00 0A 24 01 25 01 26 s'a' s'1' 27 00 10 00 00 28 01 29 00 2A 01 ] ]
            """,
            .connack(ConnAck(properties: allConnAckProperties))
        ),
        .good(
            "CONNACK of a server that can little",
            .v5,
            .toClient,
            "20 [ 00 00 [ 24 00 25 00 28 00 29 00 2A 00 ] ]",
            .connack(
                ConnAck(
                    properties: ConnAckProperties(
                        maximumQoS: .atMostOnce,
                        retainAvailable: false,
                        wildcardSubscriptionAvailable: false,
                        subscriptionIdentifiersAvailable: false,
                        sharedSubscriptionAvailable: false
                    )
                )
            )
        ),
        .good(
            "CONNACK with a server keep alive of 0",
            .v5,
            .toClient,
            "20 [ 01 00 [ 13 00 00 ] ]",
            .connack(ConnAck(sessionPresent: true, properties: ConnAckProperties(serverKeepAlive: 0)))
        ),
        .good("3.1.1 CONNACK", .v3_1_1, .toClient, "20 02 00 00", .connack(ConnAck())),
        .good(
            "3.1.1 CONNACK with a session",
            .v3_1_1,
            .toClient,
            "20 02 01 00",
            .connack(ConnAck(sessionPresent: true))
        ),
    ]

    private static let allConnAckProperties = ConnAckProperties(
        sessionExpiryInterval: 86_400,
        receiveMaximum: 64,
        maximumQoS: .atLeastOnce,
        retainAvailable: true,
        maximumPacketSize: 1_048_576,
        assignedClientIdentifier: "auto-1",
        topicAliasMaximum: 10,
        reasonString: "welcome",
        userProperties: [UserProperty(name: "a", value: "1")],
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: true,
        serverKeepAlive: 30,
        responseInformation: "info",
        serverReference: "other:1883",
        authenticationMethod: "m",
        authenticationData: ByteBuffer(bytes: [1])
    )

    /// Every reason code, and the return codes of 3.1.1 (table 3-1).
    private static let connackCodes: [PacketCase] =
        (0...255).map { code in
            let allowed: Set = [
                0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99,
                0x9A, 0x9B,
                0x9C, 0x9D, 0x9F,
            ]
            return reasonCodeCase("CONNACK", .toClient, "20 03 00", "00", code, allowed) {
                .connack(ConnAck(reasonCode: $0))
            }
        }
        + ([
            .success, .unsupportedProtocolVersion, .clientIdentifierNotValid, .serverUnavailable,
            .badUserNameOrPassword,
            .notAuthorized,
        ] as [ReasonCode]).enumerated().map { code, reason in
            .good(
                "3.1.1 CONNACK \(code)",
                .v3_1_1,
                .toClient,
                "20 02 00 0\(code)",
                .connack(ConnAck(reasonCode: reason))
            )
        }

    private static let connackErrors: [PacketCase] = [
        .bad("CONNACK that is empty", .v5, .toClient, "20 00", .malformedPacket),
        .bad("CONNACK cut before its reason code", .v5, .toClient, "20 01 00", .malformedPacket),
        .bad("CONNACK cut before its properties", .v5, .toClient, "20 02 00 00", .malformedPacket),
        .bad("CONNACK with bytes after its end", .v5, .toClient, "20 04 00 00 00 00", .malformedPacket),
        .bad("CONNACK with reserved flags", .v5, .toClient, "20 03 02 00 00", .malformedPacket),
        .bad("CONNACK with all flags", .v5, .toClient, "20 03 FF 00 00", .malformedPacket),
        .bad("CONNACK that refuses with a session", .v5, .toClient, "20 03 01 87 00", .protocolError),
        .bad("3.1.1 CONNACK that refuses with a session", .v3_1_1, .toClient, "20 02 01 05", .protocolError),
        .bad("3.1.1 CONNACK with return code 6", .v3_1_1, .toClient, "20 02 00 06", .protocolError),
        .bad("3.1.1 CONNACK with a reason code of 5.0", .v3_1_1, .toClient, "20 02 00 87", .protocolError),
        .bad("3.1.1 CONNACK with properties", .v3_1_1, .toClient, "20 03 00 00 00", .malformedPacket),
    ]

    /// A packet with this reason code, accepted or refused.
    static func reasonCodeCase(
        _ name: String,
        _ direction: PacketDirection,
        _ before: String,
        _ after: String,
        _ code: Int,
        _ allowed: Set<Int>,
        _ packet: (ReasonCode) -> Packet
    ) -> PacketCase {
        let hex = (code < 16 ? "0" : "") + String(code, radix: 16)
        let name = "\(name) with reason code 0x\(hex)"
        let notation = "\(before) \(hex) \(after)"
        guard allowed.contains(code) else { return .bad(name, .v5, direction, notation, .protocolError) }
        return .good(name, .v5, direction, notation, packet(ReasonCode(rawValue: UInt8(code))), roundTrips: false)
    }
}
