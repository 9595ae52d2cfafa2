import MQTTPackets

extension PacketCases {
    /// SUBSCRIBE (§3.8).
    static let subscribe: [PacketCase] = subscribePackets + subscribeErrors

    private static let subscribePackets: [PacketCase] = [
        good("SUBSCRIBE, the least", "82 [ 00 01 [ ] s'a' 00 ]", [SubscribeFilter(filter: "a")]),
        good(
            "SUBSCRIBE with quality of service 1",
            "82 [ 00 01 [ ] s'a/+/b/#' 01 ]",
            [SubscribeFilter(filter: "a/+/b/#", qos: .atLeastOnce)]
        ),
        good(
            "SUBSCRIBE with all options",
            "82 [ 00 01 [ ] s'a' 2E ]",
            [
                SubscribeFilter(
                    filter: "a",
                    qos: .exactlyOnce,
                    noLocal: true,
                    retainAsPublished: true,
                    retainHandling: .sendNever
                )
            ]
        ),
        good(
            "SUBSCRIBE with retain handling 1",
            "82 [ 00 01 [ ] s'a' 10 ]",
            [SubscribeFilter(filter: "a", retainHandling: .sendIfNew)]
        ),
        good(
            "SUBSCRIBE to three filters",
            "82 [ 00 01 [ ] s'a' 00 s'#' 01 s'a' 02 ]",
            [
                SubscribeFilter(filter: "a"), SubscribeFilter(filter: "#", qos: .atLeastOnce),
                SubscribeFilter(filter: "a", qos: .exactlyOnce),
            ]
        ),
        good(
            "SUBSCRIBE to a share",
            "82 [ 00 01 [ ] s'$share/workers/jobs/#' 09 ]",
            [SubscribeFilter(filter: "$share/workers/jobs/#", qos: .atLeastOnce, retainAsPublished: true)]
        ),
        good(
            "SUBSCRIBE without local to what only looks like a share",
            "82 [ 00 01 [ ] s'$shared/a' 04 ]",
            [SubscribeFilter(filter: "$shared/a", noLocal: true)]
        ),
        .good(
            "SUBSCRIBE with all properties",
            .v5,
            .toServer,
            "82 [ FF FF [ 0B FF FF FF 7F 26 s'martlet-deadline' s'30' ] s'a' 01 ]",
            .subscribe(
                Subscribe(
                    packetIdentifier: 65_535,
                    properties: SubscribeProperties(
                        subscriptionIdentifier: 268_435_455,
                        userProperties: [UserProperty(name: "martlet-deadline", value: "30")]
                    ),
                    filters: [SubscribeFilter(filter: "a", qos: .atLeastOnce)]
                )
            )
        ),
        .good(
            "SUBSCRIBE with a subscription identifier of more bytes than it needs",
            .v5,
            .toServer,
            "82 [ 00 01 [ 0B 81 00 ] s'a' 00 ]",
            .subscribe(
                Subscribe(
                    packetIdentifier: 1,
                    properties: SubscribeProperties(subscriptionIdentifier: 1),
                    filters: [SubscribeFilter(filter: "a")]
                )
            ),
            roundTrips: false
        ),
        good("SUBSCRIBE to a filter that is none", "82 [ 00 01 [ ] s'a#' 00 ]", [SubscribeFilter(filter: "a#")]),
        good("SUBSCRIBE to an empty filter", "82 [ 00 01 [ ] s'' 00 ]", [SubscribeFilter(filter: "")]),
        good(
            "3.1.1 SUBSCRIBE",
            "82 [ 00 01 s'a' 00 s'b/#' 01 s'+' 02 ]",
            [
                SubscribeFilter(filter: "a"), SubscribeFilter(filter: "b/#", qos: .atLeastOnce),
                SubscribeFilter(filter: "+", qos: .exactlyOnce),
            ],
            .v3_1_1
        ),
    ]

    private static let subscribeErrors: [PacketCase] = [
        bad("SUBSCRIBE that is empty", "82 00", .malformedPacket),
        bad("SUBSCRIBE cut before its properties", "82 [ 00 01 ]", .malformedPacket),
        bad("SUBSCRIBE without filter", "82 [ 00 01 [ ] ]", .protocolError),
        bad("SUBSCRIBE with packet identifier 0", "82 [ 00 00 [ ] s'a' 00 ]", .protocolError),
        bad("SUBSCRIBE cut in its filter", "82 [ 00 01 [ ] 00 02 'a' ]", .malformedPacket),
        bad("SUBSCRIBE cut before its options", "82 [ 00 01 [ ] s'a' ]", .malformedPacket),
        bad("SUBSCRIBE with a broken second filter", "82 [ 00 01 [ ] s'a' 00 ( FF ) 00 ]", .malformedPacket),
        bad("SUBSCRIBE with U+0000 in its filter", "82 [ 00 01 [ ] ( 'a' 00 ) 00 ]", .malformedPacket),
        bad("SUBSCRIBE with quality of service 3", "82 [ 00 01 [ ] s'a' 03 ]", .protocolError),
        bad("SUBSCRIBE with retain handling 3", "82 [ 00 01 [ ] s'a' 30 ]", .protocolError),
        bad("SUBSCRIBE with reserved option 6", "82 [ 00 01 [ ] s'a' 40 ]", .malformedPacket),
        bad("SUBSCRIBE with reserved option 7", "82 [ 00 01 [ ] s'a' 80 ]", .malformedPacket),
        bad("SUBSCRIBE without local to a share", "82 [ 00 01 [ ] s'$share/g/a' 05 ]", .protocolError),
        bad(
            "SUBSCRIBE to 1,025 filters",
            "82 [ 00 01 [ ] " + Array(repeating: "s'a' 00", count: 1_025).joined(separator: " ") + " ]",
            .quotaExceeded
        ),
        bad("3.1.1 SUBSCRIBE without filter", "82 [ 00 01 ]", .protocolError, .v3_1_1),
        bad("3.1.1 SUBSCRIBE with packet identifier 0", "82 [ 00 00 s'a' 00 ]", .protocolError, .v3_1_1),
        bad("3.1.1 SUBSCRIBE with quality of service 3", "82 [ 00 01 s'a' 03 ]", .malformedPacket, .v3_1_1),
        bad("3.1.1 SUBSCRIBE with options of 5.0", "82 [ 00 01 s'a' 04 ]", .malformedPacket, .v3_1_1),
        bad("3.1.1 SUBSCRIBE with an empty section", "82 [ 00 01 00 s'a' 00 ]", .malformedPacket, .v3_1_1),
    ]

    private static func good(
        _ name: String,
        _ notation: String,
        _ filters: [SubscribeFilter],
        _ version: ProtocolVersion = .v5
    ) -> PacketCase {
        .good(name, version, .toServer, notation, .subscribe(Subscribe(packetIdentifier: 1, filters: filters)))
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
