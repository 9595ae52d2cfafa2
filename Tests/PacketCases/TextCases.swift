import MQTTPackets

extension PacketCases {
    /// Text (§1.5.4), as the topic of a message.
    static let text: [PacketCase] =
        wellFormed
        + illFormed.map { name, bytes in
            .bad("topic with \(name)", .v5, .toServer, "30 [ ( 't' \(bytes) ) [ ] ]", .malformedPacket)
        }
        + illFormed.map { name, bytes in
            .bad(
                "user property with \(name)",
                .v5,
                .toServer,
                "30 [ s't' [ 26 s'a' ( 'long/enough/' \(bytes) ) ] ]",
                .malformedPacket
            )
        }

    private static let wellFormed: [PacketCase] = [
        topic("two-byte scalars", "C3 A9", "é"),
        topic("the first and last two-byte scalars", "C2 80 DF BF", "\u{80}\u{7FF}"),
        topic("the first and last three-byte scalars", "E0 A0 80 EF BF BF", "\u{800}\u{FFFF}"),
        topic("the neighbours of the surrogates", "ED 9F BF EE 80 80", "\u{D7FF}\u{E000}"),
        topic("the first and last four-byte scalars", "F0 90 80 80 F4 8F BF BF", "\u{10000}\u{10FFFF}"),
        topic("a byte order mark", "EF BB BF 'a'", "\u{FEFF}a"),
        topic("control characters", "01 1F 7F", "\u{1}\u{1F}\u{7F}"),
        topic("a long mix", "'sensors/' C3 A9 '/temperature/' E2 82 AC '/x'", "sensors/é/temperature/€/x"),
        topic("a space", "'a' 20 'b'", "a b"),
        topic("slashes only", "'//'", "//"),
        topic("a dollar in front", "'$SYS/x'", "$SYS/x"),
    ]

    private static func topic(_ name: String, _ bytes: String, _ topic: String) -> PacketCase {
        .good("topic of \(name)", .v5, .toServer, "30 [ ( \(bytes) ) [ ] ]", .publish(Publish(topic: topic)))
    }

    private static let illFormed: [(String, String)] = [
        ("U+0000", "00"),
        ("U+0000 behind eight good bytes", "'12345678' 00"),
        ("a continuation byte alone", "80"),
        ("an overlong slash", "C0 AF"),
        ("an overlong U+007F", "C1 BF"),
        ("an overlong U+0000", "C0 80"),
        ("an overlong three-byte form", "E0 9F BF"),
        ("a high surrogate", "ED A0 80"),
        ("a low surrogate", "ED BF BF"),
        ("an overlong four-byte form", "F0 8F BF BF"),
        ("a scalar above U+10FFFF", "F4 90 80 80"),
        ("a lead byte F5", "F5 80 80 80"),
        ("a byte FF", "FF"),
        ("a scalar cut after its first byte", "C3"),
        ("a scalar cut after its second byte", "E2 82"),
        ("a scalar cut after its third byte", "F0 9F 98"),
        ("a lead byte before ASCII", "E2 82 'a'"),
        ("two lead bytes", "C3 C3 A9"),
    ]
}
