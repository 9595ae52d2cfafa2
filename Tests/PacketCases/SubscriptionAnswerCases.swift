import MQTTPackets

extension PacketCases {
    /// SUBACK (§3.9).
    static let suback: [PacketCase] =
        (0...255).map { code in
            let allowed: Set = [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2]
            return reasonCodeCase("SUBACK", .toClient, "90 04 00 01 00", "", code, allowed) {
                .suback(SubAck(packetIdentifier: 1, reasonCodes: [$0]))
            }
        } + [
            .good(
                "SUBACK to three filters",
                .v5,
                .toClient,
                "90 [ 00 01 [ ] 00 02 8F ]",
                .suback(SubAck(packetIdentifier: 1, reasonCodes: [.grantedQoS0, .grantedQoS2, .topicFilterInvalid]))
            ),
            .good(
                "SUBACK with properties",
                .v5,
                .toClient,
                "90 [ FF FF [ 1F s'no' 26 s'a' s'1' ] 87 ]",
                .suback(
                    SubAck(
                        packetIdentifier: 65_535,
                        properties: AckProperties(
                            reasonString: "no",
                            userProperties: [UserProperty(name: "a", value: "1")]
                        ),
                        reasonCodes: [.notAuthorized]
                    )
                )
            ),
            .good(
                "3.1.1 SUBACK",
                .v3_1_1,
                .toClient,
                "90 [ 00 01 00 01 02 80 ]",
                .suback(
                    SubAck(
                        packetIdentifier: 1,
                        reasonCodes: [.grantedQoS0, .grantedQoS1, .grantedQoS2, .unspecifiedError]
                    )
                )
            ),
            .bad("SUBACK that is empty", .v5, .toClient, "90 00", .malformedPacket),
            .bad("SUBACK without reason code", .v5, .toClient, "90 [ 00 01 [ ] ]", .protocolError),
            .bad("SUBACK cut before its properties", .v5, .toClient, "90 [ 00 01 ]", .malformedPacket),
            .bad("SUBACK with packet identifier 0", .v5, .toClient, "90 [ 00 00 [ ] 00 ]", .protocolError),
            .bad("3.1.1 SUBACK without return code", .v3_1_1, .toClient, "90 [ 00 01 ]", .protocolError),
            .bad("3.1.1 SUBACK with return code 3", .v3_1_1, .toClient, "90 [ 00 01 03 ]", .protocolError),
            .bad("3.1.1 SUBACK with a reason code of 5.0", .v3_1_1, .toClient, "90 [ 00 01 87 ]", .protocolError),
        ]

    /// UNSUBSCRIBE and UNSUBACK (§3.10, §3.11).
    static let unsubscribe: [PacketCase] = unsubscribePackets + unsuback

    private static let unsubscribePackets: [PacketCase] = [
        .good(
            "UNSUBSCRIBE, the least",
            .v5,
            .toServer,
            "A2 [ 00 01 [ ] s'a' ]",
            .unsubscribe(Unsubscribe(packetIdentifier: 1, filters: ["a"]))
        ),
        .good(
            "UNSUBSCRIBE with properties",
            .v5,
            .toServer,
            "A2 [ 12 34 [ 26 s'a' s'1' 26 s'b' s'2' ] s'a/#' s'$share/g/+' ]",
            .unsubscribe(
                Unsubscribe(
                    packetIdentifier: 0x1234,
                    userProperties: [UserProperty(name: "a", value: "1"), UserProperty(name: "b", value: "2")],
                    filters: ["a/#", "$share/g/+"]
                )
            )
        ),
        .good(
            "3.1.1 UNSUBSCRIBE",
            .v3_1_1,
            .toServer,
            "A2 [ 00 01 s'a' s'b' ]",
            .unsubscribe(Unsubscribe(packetIdentifier: 1, filters: ["a", "b"]))
        ),
        .bad("UNSUBSCRIBE that is empty", .v5, .toServer, "A2 00", .malformedPacket),
        .bad("UNSUBSCRIBE cut before its properties", .v5, .toServer, "A2 [ 00 01 ]", .malformedPacket),
        .bad("UNSUBSCRIBE without filter", .v5, .toServer, "A2 [ 00 01 [ ] ]", .protocolError),
        .bad("UNSUBSCRIBE with packet identifier 0", .v5, .toServer, "A2 [ 00 00 [ ] s'a' ]", .protocolError),
        .bad("UNSUBSCRIBE cut in its filter", .v5, .toServer, "A2 [ 00 01 [ ] 00 02 'a' ]", .malformedPacket),
        .bad("UNSUBSCRIBE with a broken filter", .v5, .toServer, "A2 [ 00 01 [ ] ( C0 AF ) ]", .malformedPacket),
        .bad(
            "UNSUBSCRIBE of 1,025 filters",
            .v5,
            .toServer,
            "A2 [ 00 01 [ ] " + Array(repeating: "s'a'", count: 1_025).joined(separator: " ") + " ]",
            .quotaExceeded
        ),
        .bad("3.1.1 UNSUBSCRIBE without filter", .v3_1_1, .toServer, "A2 [ 00 01 ]", .protocolError),
    ]

    private static let unsuback: [PacketCase] =
        [
            0x00, 0x01, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x92, 0x97, 0xFF,
        ].map { code in
            reasonCodeCase("UNSUBACK", .toClient, "B0 04 00 01 00", "", code, [0, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91]) {
                .unsuback(UnsubAck(packetIdentifier: 1, reasonCodes: [$0]))
            }
        } + [
            .good(
                "UNSUBACK of two filters with properties",
                .v5,
                .toClient,
                "B0 [ 00 01 [ 1F s'gone' 26 s'a' s'1' ] 00 11 ]",
                .unsuback(
                    UnsubAck(
                        packetIdentifier: 1,
                        properties: AckProperties(
                            reasonString: "gone",
                            userProperties: [UserProperty(name: "a", value: "1")]
                        ),
                        reasonCodes: [.success, .noSubscriptionExisted]
                    )
                )
            ),
            .good("3.1.1 UNSUBACK", .v3_1_1, .toClient, "B0 02 00 01", .unsuback(UnsubAck(packetIdentifier: 1))),
            .bad("UNSUBACK that is empty", .v5, .toClient, "B0 00", .malformedPacket),
            .bad("UNSUBACK cut before its properties", .v5, .toClient, "B0 02 00 01", .malformedPacket),
            .bad("UNSUBACK without reason code", .v5, .toClient, "B0 03 00 01 00", .protocolError),
            .bad("UNSUBACK with packet identifier 0", .v5, .toClient, "B0 04 00 00 00 00", .protocolError),
            .bad("3.1.1 UNSUBACK with a reason code", .v3_1_1, .toClient, "B0 03 00 01 00", .malformedPacket),
        ]
}
