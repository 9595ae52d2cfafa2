import MQTTPackets
import NIOCore

extension PacketCases {
    /// PINGREQ, PINGRESP, DISCONNECT and AUTH (§3.12 to §3.15).
    static let closing: [PacketCase] = ping + disconnect + disconnectCodes + auth

    private static let ping: [PacketCase] = [
        .good("PINGREQ", .v5, .toServer, "C0 00", .pingreq),
        .good("PINGRESP", .v5, .toClient, "D0 00", .pingresp),
        .good("3.1.1 PINGREQ", .v3_1_1, .toServer, "C0 00", .pingreq),
        .good("3.1.1 PINGRESP", .v3_1_1, .toClient, "D0 00", .pingresp),
        .bad("PINGREQ with a body", .v5, .toServer, "C0 01 00", .malformedPacket),
        .bad("PINGRESP with a body", .v5, .toClient, "D0 02 00 00", .malformedPacket),
        .bad("3.1.1 PINGREQ with a body", .v3_1_1, .toServer, "C0 01 00", .malformedPacket),
    ]

    private static let disconnect: [PacketCase] = [
        .good("DISCONNECT, the least", .v5, .toServer, "E0 00", .disconnect(Disconnect())),
        .good("DISCONNECT from a server, the least", .v5, .toClient, "E0 00", .disconnect(Disconnect())),
        .good(
            "DISCONNECT with will",
            .v5,
            .toServer,
            "E0 01 04",
            .disconnect(Disconnect(reasonCode: .disconnectWithWill))
        ),
        .good("DISCONNECT that says normal", .v5, .toServer, "E0 01 00", .disconnect(Disconnect()), roundTrips: false),
        .good(
            "DISCONNECT with an empty section",
            .v5,
            .toClient,
            "E0 02 8B 00",
            .disconnect(Disconnect(reasonCode: .serverShuttingDown)),
            roundTrips: false
        ),
        .good(
            "DISCONNECT with all properties of a client",
            .v5,
            .toServer,
            "E0 [ 00 [ 11 00 00 00 00 1F s'done' 26 s'a' s'1' ] ]",
            .disconnect(
                Disconnect(
                    properties: DisconnectProperties(
                        sessionExpiryInterval: 0,
                        reasonString: "done",
                        userProperties: [UserProperty(name: "a", value: "1")]
                    )
                )
            )
        ),
        .good(
            "DISCONNECT with all properties of a server",
            .v5,
            .toClient,
            "E0 [ 9D [ 1C s'other:1883' 1F s'moved' 26 s'a' s'1' ] ]",
            .disconnect(
                Disconnect(
                    reasonCode: .serverMoved,
                    properties: DisconnectProperties(
                        reasonString: "moved",
                        userProperties: [UserProperty(name: "a", value: "1")],
                        serverReference: "other:1883"
                    )
                )
            )
        ),
        .good("3.1.1 DISCONNECT", .v3_1_1, .toServer, "E0 00", .disconnect(Disconnect())),
        .bad("DISCONNECT with bytes after its end", .v5, .toServer, "E0 03 00 00 00", .malformedPacket),
        .bad("3.1.1 DISCONNECT with a reason code", .v3_1_1, .toServer, "E0 01 00", .malformedPacket),
    ]

    /// Every reason code, by who may send it (table 3-10).
    private static let disconnectCodes: [PacketCase] = {
        let both: Set = [0x00, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99]
        let server: Set = [
            0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,
        ]
        return (0...255).flatMap { code in
            [
                reasonCodeCase("DISCONNECT", .toServer, "E0 01", "", code, both.union([0x04])) {
                    .disconnect(Disconnect(reasonCode: $0))
                },
                reasonCodeCase("DISCONNECT from a server", .toClient, "E0 01", "", code, both.union(server)) {
                    .disconnect(Disconnect(reasonCode: $0))
                },
            ]
        }
    }()

    private static let auth: [PacketCase] = [
        .good("AUTH, the least", .v5, .toClient, "F0 00", .auth(Auth())),
        .good(
            "AUTH that goes on",
            .v5,
            .toServer,
            "F0 [ 18 [ 15 s'SCRAM-SHA-256' 16 ( 00 FF ) ] ]",
            .auth(
                Auth(
                    reasonCode: .continueAuthentication,
                    properties: AuthProperties(
                        authenticationMethod: "SCRAM-SHA-256",
                        authenticationData: ByteBuffer(bytes: [0, 255])
                    )
                )
            )
        ),
        .good(
            "AUTH once more",
            .v5,
            .toServer,
            "F0 [ 19 [ 15 s'm' ] ]",
            .auth(Auth(reasonCode: .reauthenticate, properties: AuthProperties(authenticationMethod: "m")))
        ),
        .good(
            "AUTH with all properties",
            .v5,
            .toClient,
            "F0 [ 00 [ 15 s'm' 16 ( ) 1F s'fine' 26 s'a' s'1' ] ]",
            .auth(
                Auth(
                    properties: AuthProperties(
                        authenticationMethod: "m",
                        authenticationData: ByteBuffer(),
                        reasonString: "fine",
                        userProperties: [UserProperty(name: "a", value: "1")]
                    )
                )
            )
        ),
        .bad("AUTH of success from a client", .v5, .toServer, "F0 00", .protocolError),
        .bad("AUTH once more from a server", .v5, .toClient, "F0 [ 19 [ 15 s'm' ] ]", .protocolError),
        .bad("AUTH with another reason code", .v5, .toServer, "F0 [ 80 [ 15 s'm' ] ]", .protocolError),
        .bad("AUTH without method", .v5, .toServer, "F0 [ 18 [ ] ]", .protocolError),
        .bad("AUTH with data without method", .v5, .toServer, "F0 [ 18 [ 16 s'd' ] ]", .protocolError),
        .bad("AUTH cut before its properties", .v5, .toServer, "F0 01 18", .malformedPacket),
        .bad("AUTH with bytes after its end", .v5, .toServer, "F0 [ 18 [ 15 s'm' ] 00 ]", .malformedPacket),
    ]
}
