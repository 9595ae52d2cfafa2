import MQTTPackets
import NIOCore
import PacketCases
import Testing

/// The table of packets against the decoder and the encoder.
@Suite struct PacketCaseTests {
    @Test func theTableIsWorthItsName() {
        #expect(PacketCases.all.count > 1_000)
        #expect(Set(PacketCases.all.map(\.name)).count == PacketCases.all.count)
        for type in PacketType.allCases {
            #expect(PacketCases.good.contains { $0.type == type }, "no good \(type)")
            #expect(PacketCases.bad.contains { $0.type == type }, "no bad \(type)")
        }
    }

    @Test func decodes() {
        for packetCase in PacketCases.all {
            switch (packetCase.expected, Outcome(packetCase)) {
            case (.packet(let expected), .packet(let packet)): #expect(packet == expected, "\(packetCase)")
            case (.error(let code), .error(let error)): #expect(error.reasonCode == code, "\(packetCase): \(error)")
            case (.incomplete, .incomplete): break
            case (_, let outcome): Issue.record("\(packetCase): \(outcome)")
            }
        }
    }

    @Test func takesOnePacketAndLeavesWhatFollows() throws {
        for packetCase in PacketCases.good {
            var buffer = ByteBuffer(bytes: packetCase.bytes + [0xC0, 0x00, 0x30])
            var decoder = packetCase.decoder
            _ = try decoder.decode(&buffer)
            #expect(Array(buffer.readableBytesView) == [0xC0, 0x00, 0x30], "\(packetCase)")
        }
    }

    @Test func leavesTheBufferUntouchedWhereNoPacketComes() {
        for packetCase in PacketCases.all where packetCase.packet == nil {
            var buffer = ByteBuffer(bytes: packetCase.bytes)
            var decoder = packetCase.decoder
            _ = try? decoder.decode(&buffer)
            #expect(buffer == ByteBuffer(bytes: packetCase.bytes), "\(packetCase)")
        }
    }

    @Test func halfAPacketIsNothingYet() {
        for packetCase in PacketCases.all {
            for count in prefixes(of: packetCase.bytes.count) {
                switch Outcome(packetCase, bytes: Array(packetCase.bytes[..<count])) {
                case .incomplete: break
                // What the first bytes show already may be said before the rest is there.
                case .error(let error) where error.reasonCode == packetCase.reasonCode: break
                case let outcome: Issue.record("\(packetCase), \(count) bytes: \(outcome)")
                }
            }
        }
    }

    /// Every strict prefix of a short packet; of a long one the ends and some between.
    private func prefixes(of count: Int) -> [Int] {
        count < 300 ? Array(0..<count) : Array(0..<100) + stride(from: 100, to: count, by: count / 50) + [count - 1]
    }

    @Test func encodesWhatItDecoded() throws {
        for packetCase in PacketCases.good {
            guard let packet = packetCase.packet else { continue }
            var buffer = ByteBuffer(bytes: [1, 2, 3])
            packet.encode(into: &buffer, version: packetCase.version)
            buffer.moveReaderIndex(forwardBy: 3)
            #expect(buffer.readableBytes == packet.encodedSize(version: packetCase.version), "\(packetCase)")
            if packetCase.roundTrips {
                #expect(Array(buffer.readableBytesView) == packetCase.bytes, "\(packetCase)")
            }
            var decoder = packetCase.decoder
            #expect(try decoder.decode(&buffer) == packet, "\(packetCase)")
            #expect(buffer.readableBytes == 0, "\(packetCase)")
        }
    }

    @Test func everyGoodPacketMayBeSent() {
        // Filters that are none pass the decoder, to be answered one by one; a client is told before it sends them.
        let filters: Set = ["SUBSCRIBE to a filter that is none", "SUBSCRIBE to an empty filter"]
        for packetCase in PacketCases.good {
            do {
                try packetCase.packet?.checkEncodable(version: packetCase.version)
                #expect(!filters.contains(packetCase.name), "\(packetCase)")
            } catch {
                #expect(filters.contains(packetCase.name), "\(packetCase): \(error)")
            }
        }
    }

    @Test func messagesOfErrorsNameThePacket() {
        for packetCase in PacketCases.bad {
            guard case .error(let error) = Outcome(packetCase), let type = packetCase.type else { continue }
            let named = error.message.hasPrefix(type.description) || error.message.hasPrefix("packet type")
            #expect(named, "\(packetCase): \(error)")
        }
    }
}
