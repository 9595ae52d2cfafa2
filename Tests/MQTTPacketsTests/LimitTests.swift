import MQTTPackets
import NIOCore
import PacketCases
import Testing

/// What a peer may ask for is bounded by the limits, in the decoder and in the views alike.
@Suite struct LimitTests {
    /// Bytes that are good at the limits and refused at limits that are lower by one.
    struct Edge: CustomTestStringConvertible, Sendable {
        let name: String
        let notation: String
        let code: ReasonCode
        let limits: PacketLimits
        let lower: PacketLimits
        var testDescription: String { name }
    }

    static let edges: [Edge] = [
        Edge(
            name: "packet size",
            notation: "30 [ s't' [ ] 'x'*123 ]",
            code: .packetTooLarge,
            limits: PacketLimits(maximumPacketSize: 129),
            lower: PacketLimits(maximumPacketSize: 128)
        ),
        Edge(
            name: "packet size of an acknowledgement",
            notation: "40 02 00 01",
            code: .packetTooLarge,
            limits: PacketLimits(maximumPacketSize: 4),
            lower: PacketLimits(maximumPacketSize: 3)
        ),
        Edge(
            name: "size of a CONNECT",
            notation: "10 [ s'MQTT' 05 02 00 3C [ ] s'c' ]",
            code: .packetTooLarge,
            limits: PacketLimits(maximumConnectSize: 16),
            lower: PacketLimits(maximumConnectSize: 15)
        ),
        Edge(
            name: "size of a CONNECT by the general limit",
            notation: "10 [ s'MQTT' 05 02 00 3C [ ] s'c' ]",
            code: .packetTooLarge,
            limits: PacketLimits(maximumPacketSize: 16),
            lower: PacketLimits(maximumPacketSize: 15)
        ),
        Edge(
            name: "client identifier",
            notation: "10 [ s'MQTT' 05 02 00 3C [ ] s'1234' ]",
            code: .clientIdentifierNotValid,
            limits: PacketLimits(maximumClientIdentifierLength: 4),
            lower: PacketLimits(maximumClientIdentifierLength: 3)
        ),
        Edge(
            name: "user properties of a message",
            notation: "30 [ s't' [ 26 s'a' s'b' 26 s'a' s'b' ] ]",
            code: .quotaExceeded,
            limits: PacketLimits(maximumUserProperties: 2),
            lower: PacketLimits(maximumUserProperties: 1)
        ),
        Edge(
            name: "user properties of an acknowledgement",
            notation: "40 [ 00 01 00 [ 26 s'a' s'b' ] ]",
            code: .quotaExceeded,
            limits: PacketLimits(maximumUserProperties: 1),
            lower: PacketLimits(maximumUserProperties: 0)
        ),
        Edge(
            name: "user properties of a will",
            notation: "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ 26 s'a' s'b' ] s'w' s'' ]",
            code: .quotaExceeded,
            limits: PacketLimits(maximumUserProperties: 1),
            lower: PacketLimits(maximumUserProperties: 0)
        ),
        Edge(
            name: "subscription identifiers",
            notation: "30 [ s't' [ 0B 01 0B 02 ] ]",
            code: .quotaExceeded,
            limits: PacketLimits(maximumSubscriptionIdentifiers: 2),
            lower: PacketLimits(maximumSubscriptionIdentifiers: 1)
        ),
        Edge(
            name: "bytes of a topic",
            notation: "30 [ s'12345' [ ] ]",
            code: .topicNameInvalid,
            limits: PacketLimits(maximumTopicLength: 5),
            lower: PacketLimits(maximumTopicLength: 4)
        ),
        Edge(
            name: "levels of a topic",
            notation: "30 [ s'a/b/c' [ ] ]",
            code: .topicNameInvalid,
            limits: PacketLimits(maximumTopicLevels: 3),
            lower: PacketLimits(maximumTopicLevels: 2)
        ),
        Edge(
            name: "levels of a will's topic",
            notation: "10 [ s'MQTT' 05 06 00 3C [ ] s'c' [ ] s'a/b' s'' ]",
            code: .topicNameInvalid,
            limits: PacketLimits(maximumTopicLevels: 2),
            lower: PacketLimits(maximumTopicLevels: 1)
        ),
        Edge(
            name: "filters of a SUBSCRIBE",
            notation: "82 [ 00 01 [ ] s'a' 00 s'b' 00 ]",
            code: .quotaExceeded,
            limits: PacketLimits(maximumFiltersPerSubscribe: 2),
            lower: PacketLimits(maximumFiltersPerSubscribe: 1)
        ),
        Edge(
            name: "filters of an UNSUBSCRIBE",
            notation: "A2 [ 00 01 [ ] s'a' s'b' ]",
            code: .quotaExceeded,
            limits: PacketLimits(maximumFiltersPerSubscribe: 2),
            lower: PacketLimits(maximumFiltersPerSubscribe: 1)
        ),
        Edge(
            name: "reason codes of a SUBACK",
            notation: "90 [ 00 01 [ ] 00 00 ]",
            code: .quotaExceeded,
            limits: PacketLimits(maximumFiltersPerSubscribe: 2),
            lower: PacketLimits(maximumFiltersPerSubscribe: 1)
        ),
        Edge(
            name: "reason codes of an UNSUBACK",
            notation: "B0 [ 00 01 [ ] 00 00 ]",
            code: .quotaExceeded,
            limits: PacketLimits(maximumFiltersPerSubscribe: 2),
            lower: PacketLimits(maximumFiltersPerSubscribe: 1)
        ),
    ]

    @Test(arguments: edges)
    func theDecoderKeepsTheLimit(edge: Edge) throws {
        let bytes = PacketNotation.bytes(edge.notation)
        var decoder = PacketDecoder(version: .v5, limits: edge.limits)
        guard case .packet = Outcome(&decoder, bytes) else {
            Issue.record("refused at the limit")
            return
        }
        decoder.limits = edge.lower
        guard case .error(let error) = Outcome(&decoder, bytes) else {
            Issue.record("taken above the limit")
            return
        }
        #expect(error.reasonCode == edge.code)
    }

    @Test(arguments: edges.filter { $0.name != "subscription identifiers" })
    func theViewsKeepTheLimit(edge: Edge) throws {
        let bytes = PacketNotation.bytes(edge.notation)
        guard bytes[0] >> 4 == PacketType.publish.rawValue || bytes[0] >> 4 == PacketType.puback.rawValue else {
            return
        }
        #expect(throws: Never.self) { try view(bytes, edge.limits) }
        let error = #expect(throws: PacketError.self) { try view(bytes, edge.lower) }
        #expect(error?.reasonCode == edge.code)
    }

    private func view(_ bytes: [UInt8], _ limits: PacketLimits) throws {
        let header = try #require(try FixedHeader.parse(bytes.span, from: 0, limits: limits))
        if header.type == .publish {
            _ = try PublishView.parse(bytes.span, packetAt: 0, header: header, version: .v5, limits: limits)
        } else {
            _ = try AckView.parse(bytes.span, packetAt: 0, header: header, version: .v5, limits: limits)
        }
    }

    @Test func tooLargeIsSaidBeforeTheBodyIsThere() {
        var decoder = PacketDecoder(version: .v5, limits: PacketLimits(maximumPacketSize: 1_000))
        guard case .error(let error) = Outcome(&decoder, [0x30, 0xE6, 0x07]) else {
            Issue.record("a packet of 1,001 bytes is waited for")
            return
        }
        #expect(error.reasonCode == .packetTooLarge)
        guard case .incomplete = Outcome(&decoder, [0x30, 0xE5, 0x07]) else {
            Issue.record("a packet of 1,000 bytes is not waited for")
            return
        }
    }

    @Test func strangersHaveToBeginWithConnect() {
        var decoder = PacketDecoder(version: nil, direction: .toServer)
        for first in [0x30, 0x40, 0x82, 0xC0, 0xE0, 0xF0] as [UInt8] {
            guard case .error(let error) = Outcome(&decoder, [first, 0x05]) else {
                Issue.record("\(first) is waited for")
                continue
            }
            #expect(error.reasonCode == .protocolError)
        }
    }
}
