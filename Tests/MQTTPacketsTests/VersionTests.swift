import MQTTPackets
import NIOCore
import PacketCases
import Testing

/// What a decoder learns from CONNECT.
@Suite struct VersionTests {
    @Test(
        arguments: [
            ("10 [ s'MQTT' 05 02 00 3C [ ] s'c' ]", .v5), ("10 [ s'MQTT' 04 02 00 3C s'c' ]", .v3_1_1),
            ("10 [ s'MQTT' 05 03 00 3C [ ] s'c' ]", .v5), ("10 [ s'MQTT' 04 00 00 3C s'' ]", .v3_1_1),
            ("10 [ s'MQTT' 05 ]", .v5), ("10 [ s'MQTT' 06 02 00 3C s'c' ]", nil), ("10 [ s'MQTT' ]", nil),
        ] as [(String, ProtocolVersion?)]
    )
    func aRefusedConnectTellsItsVersionToo(notation: String, version: ProtocolVersion?) {
        var decoder = PacketDecoder(version: nil, direction: .toServer)
        _ = Outcome(&decoder, PacketNotation.bytes(notation))
        #expect(decoder.version == version)
    }

    @Test func whatFollowsConnectIsReadInItsVersion() throws {
        var buffer = ByteBuffer(bytes: PacketNotation.bytes("10 [ s'MQTT' 04 02 00 3C s'c' ] 30 [ s't' 00 ]"))
        var decoder = PacketDecoder(version: nil, direction: .toServer)
        _ = try decoder.decode(&buffer)
        let publish = Publish(topic: "t", payload: ByteBuffer(bytes: [0]))
        #expect(try decoder.decode(&buffer) == .publish(publish))
    }
}
