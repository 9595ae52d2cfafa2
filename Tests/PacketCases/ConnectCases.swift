import MQTTPackets
import NIOCore

extension PacketCases {
    /// CONNECT (§3.1) that is accepted, without wills.
    static let connect: [PacketCase] = [
        good(
            "CONNECT, the least",
            "10 [ s'MQTT' 05 02 00 3C [ ] s'c' ]",
            Connect(clientIdentifier: "c", keepAlive: 60)
        ),
        good("CONNECT without client identifier", "10 [ s'MQTT' 05 02 00 00 [ ] s'' ]", Connect()),
        good(
            "CONNECT without client identifier, resuming",
            "10 [ s'MQTT' 05 00 00 00 [ ] s'' ]",
            Connect(cleanStart: false)
        ),
        good(
            "CONNECT that resumes",
            "10 [ s'MQTT' 05 00 FF FF [ 11 FF FF FF FF ] s'worker-1' ]",
            Connect(
                clientIdentifier: "worker-1",
                cleanStart: false,
                keepAlive: 65_535,
                properties: ConnectProperties(sessionExpiryInterval: .max)
            )
        ),
        good(
            "CONNECT with user name and password",
            "10 [ s'MQTT' 05 C2 00 3C [ ] s'c' s'user' ( 00 01 FF ) ]",
            Connect(clientIdentifier: "c", keepAlive: 60, username: "user", password: ByteBuffer(bytes: [0, 1, 255]))
        ),
        good(
            "CONNECT with a user name alone",
            "10 [ s'MQTT' 05 82 00 3C [ ] s'c' s'' ]",
            Connect(clientIdentifier: "c", keepAlive: 60, username: "")
        ),
        good(
            "CONNECT with a password alone",
            "10 [ s'MQTT' 05 42 00 3C [ ] s'c' s'secret' ]",
            Connect(clientIdentifier: "c", keepAlive: 60, password: ByteBuffer(string: "secret"))
        ),
        good(
            "CONNECT with a client identifier of 23 bytes",
            "10 [ s'MQTT' 05 02 00 3C [ ] s'12345678901234567890123' ]",
            Connect(clientIdentifier: "12345678901234567890123", keepAlive: 60)
        ),
        good(
            "CONNECT with all properties",
            """
            10 [ s'MQTT' 05 02 00 3C [ 11 00 01 51 80 15 s'SCRAM-SHA-256' 16 ( 01 02 ) 17 00 19 01 21 00 40 22 00 0A \
            26 s'martlet' s'1' 26 s'martlet' s'1' 27 00 01 00 00 ] s'c' ]
            """,
            Connect(clientIdentifier: "c", keepAlive: 60, properties: allConnectProperties)
        ),
        good(
            "CONNECT with properties in another order",
            "10 [ s'MQTT' 05 02 00 3C [ 27 00 00 00 01 26 s'' s'' 21 FF FF 17 01 19 00 22 FF FF 11 00 00 00 00 ] s'c' ]",
            Connect(
                clientIdentifier: "c",
                keepAlive: 60,
                properties: ConnectProperties(
                    sessionExpiryInterval: 0,
                    receiveMaximum: 65_535,
                    maximumPacketSize: 1,
                    topicAliasMaximum: 65_535,
                    requestResponseInformation: false,
                    requestProblemInformation: true,
                    userProperties: [UserProperty(name: "", value: "")]
                )
            ),
            roundTrips: false
        ),
        good(
            "3.1.1 CONNECT, the least",
            "10 [ s'MQTT' 04 02 00 3C s'c' ]",
            Connect(version: .v3_1_1, clientIdentifier: "c", keepAlive: 60),
            .v3_1_1
        ),
        good(
            "3.1.1 CONNECT that resumes",
            "10 [ s'MQTT' 04 00 00 3C s'c' ]",
            Connect(version: .v3_1_1, clientIdentifier: "c", cleanStart: false, keepAlive: 60),
            .v3_1_1
        ),
        good(
            "3.1.1 CONNECT without client identifier",
            "10 [ s'MQTT' 04 02 00 00 s'' ]",
            Connect(version: .v3_1_1),
            .v3_1_1
        ),
        good(
            "3.1.1 CONNECT with user name and password",
            "10 [ s'MQTT' 04 C2 00 3C s'c' s'user' s'pass' ]",
            Connect(
                version: .v3_1_1,
                clientIdentifier: "c",
                keepAlive: 60,
                username: "user",
                password: ByteBuffer(string: "pass")
            ),
            .v3_1_1
        ),
    ]

    private static let allConnectProperties = ConnectProperties(
        sessionExpiryInterval: 86_400,
        receiveMaximum: 64,
        maximumPacketSize: 65_536,
        topicAliasMaximum: 10,
        requestResponseInformation: true,
        requestProblemInformation: false,
        userProperties: [UserProperty(name: "martlet", value: "1"), UserProperty(name: "martlet", value: "1")],
        authenticationMethod: "SCRAM-SHA-256",
        authenticationData: ByteBuffer(bytes: [1, 2])
    )

    /// CONNECT (§3.1) that is refused.
    static let connectErrors: [PacketCase] = [
        bad("CONNECT of MQTT 3.1", "10 [ s'MQIsdp' 03 02 00 3C s'c' ]", .unsupportedProtocolVersion),
        bad("CONNECT of another protocol", "10 [ s'MQTX' 05 02 00 3C [ ] s'c' ]", .unsupportedProtocolVersion),
        bad("CONNECT of mqtt in small letters", "10 [ s'mqtt' 05 02 00 3C [ ] s'c' ]", .unsupportedProtocolVersion),
        bad("CONNECT without protocol name", "10 [ s'' 05 02 00 3C [ ] s'c' ]", .unsupportedProtocolVersion),
        bad("CONNECT of version 6", "10 [ s'MQTT' 06 02 00 3C [ ] s'c' ]", .unsupportedProtocolVersion),
        bad("CONNECT of version 3", "10 [ s'MQTT' 03 02 00 3C s'c' ]", .unsupportedProtocolVersion),
        bad("CONNECT of version 0", "10 [ s'MQTT' 00 02 00 3C s'c' ]", .unsupportedProtocolVersion),
        bad("CONNECT from a bridge (version 0x84)", "10 [ s'MQTT' 84 02 00 3C s'c' ]", .unsupportedProtocolVersion),
        bad("CONNECT that is empty", "10 00", .malformedPacket),
        bad("CONNECT cut in its protocol name", "10 [ 00 04 'MQT' ]", .malformedPacket),
        bad("CONNECT cut before its version", "10 [ s'MQTT' ]", .malformedPacket),
        bad("CONNECT cut before its flags", "10 [ s'MQTT' 05 ]", .malformedPacket),
        bad("CONNECT cut before its keep alive", "10 [ s'MQTT' 05 02 ]", .malformedPacket),
        bad("CONNECT cut in its keep alive", "10 [ s'MQTT' 05 02 00 ]", .malformedPacket),
        bad("CONNECT cut before its properties", "10 [ s'MQTT' 05 02 00 3C ]", .malformedPacket),
        bad("CONNECT cut before its client identifier", "10 [ s'MQTT' 05 02 00 3C [ ] ]", .malformedPacket),
        bad("CONNECT cut in its client identifier", "10 [ s'MQTT' 05 02 00 3C [ ] 00 02 'c' ]", .malformedPacket),
        bad("CONNECT cut before its user name", "10 [ s'MQTT' 05 82 00 3C [ ] s'c' ]", .malformedPacket),
        bad("CONNECT cut before its password", "10 [ s'MQTT' 05 C2 00 3C [ ] s'c' s'u' ]", .malformedPacket),
        bad("CONNECT cut in its password", "10 [ s'MQTT' 05 C2 00 3C [ ] s'c' s'u' 00 09 'p' ]", .malformedPacket),
        bad("CONNECT with bytes after its end", "10 [ s'MQTT' 05 02 00 3C [ ] s'c' 00 ]", .malformedPacket),
        bad("CONNECT with the reserved flag", "10 [ s'MQTT' 05 03 00 3C [ ] s'c' ]", .malformedPacket),
        bad(
            "CONNECT with U+0000 in its client identifier",
            "10 [ s'MQTT' 05 02 00 3C [ ] ( 'a' 00 ) ]",
            .malformedPacket
        ),
        bad("CONNECT with a broken user name", "10 [ s'MQTT' 05 82 00 3C [ ] s'c' ( C3 ) ]", .malformedPacket),
        bad(
            "CONNECT with a client identifier above the limit",
            "10 [ s'MQTT' 05 02 00 3C [ ] ( 'c'*4097 ) ]",
            .clientIdentifierNotValid
        ),
        bad(
            "CONNECT with authentication data without a method",
            "10 [ s'MQTT' 05 02 00 3C [ 16 s'd' ] s'c' ]",
            .protocolError
        ),
        bad("3.1.1 CONNECT with the reserved flag", "10 [ s'MQTT' 04 03 00 3C s'c' ]", .malformedPacket, .v3_1_1),
        bad(
            "3.1.1 CONNECT without client identifier, resuming",
            "10 [ s'MQTT' 04 00 00 3C s'' ]",
            .clientIdentifierNotValid,
            .v3_1_1
        ),
        bad(
            "3.1.1 CONNECT with a password without user name",
            "10 [ s'MQTT' 04 42 00 3C s'c' s'p' ]",
            .malformedPacket,
            .v3_1_1
        ),
        bad("3.1.1 CONNECT with a property length", "10 [ s'MQTT' 04 02 00 3C [ ] s'c' ]", .malformedPacket, .v3_1_1),
    ]

    private static func good(
        _ name: String,
        _ notation: String,
        _ connect: Connect,
        _ version: ProtocolVersion = .v5,
        roundTrips: Bool = true
    ) -> PacketCase {
        .good(name, version, .toServer, notation, .connect(connect), roundTrips: roundTrips)
    }

    private static func bad(
        _ name: String,
        _ notation: String,
        _ code: ReasonCode,
        _ version: ProtocolVersion = .v5
    ) -> PacketCase {
        .bad(name, version, .toServer, notation, code)
    }
}
