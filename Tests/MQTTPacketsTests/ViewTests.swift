import MQTTPackets
import NIOCore
import PacketCases
import Testing

/// The views of the hot path against the rich decoder.
@Suite struct ViewTests {
    @Test func viewsAgreeWithTheDecoderOnEveryCase() {
        for packetCase in PacketCases.all {
            let finding = ViewComparison.difference(packetCase.bytes, version: packetCase.version)
            #expect(finding == nil, "\(packetCase)")
        }
    }

    @Test func viewsReadWherePacketsLie() throws {
        for packetCase in PacketCases.good where packetCase.type == .publish && packetCase.direction == .toServer {
            let bytes: [UInt8] = Array(repeating: 0xAA, count: 7) + packetCase.bytes + [0xBB]
            let header = try #require(try FixedHeader.parse(bytes.span, from: 7, limits: .default))
            #expect(header.packetLength == packetCase.bytes.count)
            let view = try PublishView.parse(
                bytes.span,
                packetAt: 7,
                header: header,
                version: packetCase.version,
                limits: .default
            )
            guard case .publish(let publish) = packetCase.packet else { continue }
            #expect(Array(bytes[view.topic]) == Array(publish.topic.utf8), "\(packetCase)")
            #expect(Array(bytes[view.payload]) == Array(publish.payload.readableBytesView), "\(packetCase)")
        }
    }

    @Test func aViewOfHalfAPacketIsAnErrorAndNoTrap() throws {
        let bytes = PacketNotation.bytes("32 [ s'a' 00 01 [ ] 'hello' ]")
        let header = try #require(try FixedHeader.parse(bytes.span, from: 0, limits: .default))
        let half = Array(bytes.dropLast())
        #expect(throws: PacketError.self) {
            try PublishView.parse(half.span, packetAt: 0, header: header, version: .v5, limits: .default)
        }
        #expect(throws: PacketError.self) {
            try AckView.parse(half.span, packetAt: 0, header: header, version: .v5)
        }
    }

    @Test func passThroughLeavesOutAliasAndExpiry() throws {
        let section = "26 s'a' s'1' 02 00 00 00 05 26 s'b' s'2' 03 s'c' 23 00 01 01 01 09 ( 01 02 ) 08 s'r'"
        let bytes = PacketNotation.bytes("30 [ s't' [ \(section) ] 'payload' ]")
        let header = try #require(try FixedHeader.parse(bytes.span, from: 0, limits: .default))
        let view = try PublishView.parse(bytes.span, packetAt: 0, header: header, version: .v5, limits: .default)
        #expect(Array(bytes[view.properties]) == PacketNotation.bytes(section))
        #expect(!view.passesThroughWhole)
        #expect(view.messageExpiryInterval == 5)
        #expect(view.topicAlias == 1)
        #expect(view.payloadFormatIndicator == 1)
        var passed: [[UInt8]] = []
        PublishView.forEachPassThroughProperty(bytes.span, in: view.properties) { passed.append(Array(bytes[$0])) }
        #expect(
            passed == [
                PacketNotation.bytes("26 s'a' s'1'"), PacketNotation.bytes("26 s'b' s'2' 03 s'c'"),
                PacketNotation.bytes("01 01 09 ( 01 02 ) 08 s'r'"),
            ]
        )
    }

    @Test func passThroughOfDamagedPropertiesStaysInside() {
        // Never handed out by a view; a wrong range from elsewhere still must not read over its end.
        let bytes = PacketNotation.bytes("26 00 09 'x' 26 FF FF 26 00 01 'a' 00 03 00 01")
        for end in 0...bytes.count {
            for start in 0...end {
                PublishView.forEachPassThroughProperty(bytes.span, in: start..<end) { range in
                    #expect(range.lowerBound >= start && range.upperBound <= end)
                }
            }
        }
    }

    @Test func acknowledgementViewsRefuseOtherPackets() throws {
        for notation in ["30 [ s't' [ ] ]", "82 [ 00 01 [ ] s'a' 00 ]", "E0 02 00 00", "90 04 00 01 00 00"] {
            let bytes = PacketNotation.bytes(notation)
            let header = try #require(try FixedHeader.parse(bytes.span, from: 0, limits: .default))
            #expect(throws: PacketError.self) {
                try AckView.parse(bytes.span, packetAt: 0, header: header, version: .v5)
            }
        }
    }
}
