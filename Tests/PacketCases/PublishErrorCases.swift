import MQTTPackets

extension PacketCases {
    /// PUBLISH (§3.3) that is refused.
    static let publishErrors: [PacketCase] = [
        bad("PUBLISH of quality of service 3", "36 [ s'a' 00 01 [ ] ]", .malformedPacket),
        bad("PUBLISH of quality of service 3, again and retained", "3F [ s'a' 00 01 [ ] ]", .malformedPacket),
        bad("PUBLISH of quality of service 0, again", "38 [ s'a' [ ] ]", .malformedPacket),
        bad("PUBLISH of quality of service 0, again and retained", "39 [ s'a' [ ] ]", .malformedPacket),
        bad("PUBLISH that is empty", "30 00", .malformedPacket),
        bad("PUBLISH cut in the length of its topic", "30 [ 00 ]", .malformedPacket),
        bad("PUBLISH cut in its topic", "30 [ 00 02 'a' ]", .malformedPacket),
        bad("PUBLISH whose topic is longer than the packet", "30 [ FF FF 'a' ]", .malformedPacket),
        bad("PUBLISH cut before its packet identifier", "32 [ s'a' ]", .malformedPacket),
        bad("PUBLISH cut in its packet identifier", "32 [ s'a' 00 ]", .malformedPacket),
        bad("PUBLISH cut before its properties", "30 [ s'a' ]", .malformedPacket),
        bad("PUBLISH of quality of service 1 cut before its properties", "32 [ s'a' 00 01 ]", .malformedPacket),
        bad("PUBLISH with packet identifier 0", "32 [ s'a' 00 00 [ ] ]", .protocolError),
        bad("PUBLISH of quality of service 2 with packet identifier 0", "34 [ s'a' 00 00 [ ] ]", .protocolError),
        bad("PUBLISH without topic", "30 [ s'' [ ] 'x' ]", .protocolError),
        bad("PUBLISH without topic, with other properties", "30 [ s'' [ 01 01 ] 'x' ]", .protocolError),
        bad("PUBLISH to +", "30 [ s'+' [ ] ]", .topicNameInvalid),
        bad("PUBLISH to #", "30 [ s'a/#' [ ] ]", .topicNameInvalid),
        bad("PUBLISH to a long topic with +", "30 [ s'12345678/+/12345678' [ ] ]", .topicNameInvalid),
        bad("PUBLISH to a topic with + in a level", "30 [ s'a+b' [ ] ]", .topicNameInvalid),
        bad("PUBLISH to a topic with # at the eighth byte", "30 [ s'1234567#' [ ] ]", .topicNameInvalid),
        bad("PUBLISH to a wildcard and broken text", "30 [ ( '#' FF ) [ ] ]", .malformedPacket),
        bad("PUBLISH of 201 levels", "30 [ ( '/'*200 ) [ ] ]", .topicNameInvalid),
        bad("PUBLISH with the topic alias 0 and no topic", "30 [ s'' [ 23 00 00 ] ]", .topicAliasInvalid),
        bad("PUBLISH with + in its response topic", "30 [ s'a' [ 08 s'b/+' ] ]", .protocolError),
        bad("PUBLISH with # in its response topic", "30 [ s'a' [ 08 s'#' ] ]", .protocolError),
        bad("PUBLISH with a property that ends past the section", "30 [ s'a' 03 03 00 05 'hello' ]", .malformedPacket),
        bad("PUBLISH with a bad payload format indicator", "30 [ s'a' [ 01 FF ] ]", .protocolError),
        bad("PUBLISH with a non-minimal property identifier", "30 [ s'a' [ 81 00 01 ] ]", .malformedPacket),
        .bad(
            "PUBLISH with a subscription identifier from a client",
            .v5,
            .toServer,
            "30 [ s'a' [ 0B 01 ] ]",
            .protocolError
        ),
        .bad(
            "PUBLISH with 1,025 subscription identifiers",
            .v5,
            .toClient,
            "30 [ s'a' [ " + Array(repeating: "0B 01", count: 1_025).joined(separator: " ") + " ] ]",
            .quotaExceeded
        ),
        .bad("3.1.1 PUBLISH without topic", .v3_1_1, .toServer, "30 [ s'' 'x' ]", .protocolError),
        .bad("3.1.1 PUBLISH to #", .v3_1_1, .toServer, "30 [ s'#' 'x' ]", .topicNameInvalid),
        .bad("3.1.1 PUBLISH with packet identifier 0", .v3_1_1, .toServer, "32 [ s'a' 00 00 ]", .protocolError),
        .bad("3.1.1 PUBLISH with broken text", .v3_1_1, .toServer, "30 [ ( C3 28 ) ]", .malformedPacket),
        .bad("3.1.1 PUBLISH of quality of service 3", .v3_1_1, .toServer, "36 [ s'a' 00 01 ]", .malformedPacket),
        .bad("3.1.1 PUBLISH cut in its topic", .v3_1_1, .toClient, "30 [ 00 03 'a' ]", .malformedPacket),
    ]

    private static func bad(_ name: String, _ notation: String, _ code: ReasonCode) -> PacketCase {
        .bad(name, .v5, .toServer, notation, code)
    }
}
