import MQTTPackets
import NIOCore
import PacketCases
import Testing

/// Every case with random damage: whatever comes, the decoder does not trap, the views agree with it, and what it makes of
/// the bytes is stable.
@Suite struct MutationTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func damagedPacketsNeverTrap(seed: UInt64) {
        var random = SplitMix(state: seed)
        for packetCase in PacketCases.all where packetCase.bytes.count < 2_000 {
            for _ in 0..<8 {
                let bytes = damaged(packetCase.bytes, &random)
                for version in [ProtocolVersion.v5, .v3_1_1] {
                    if let finding = DecodingCheck.finding(bytes, version: version) {
                        Issue.record("seed \(seed), \(packetCase) as \(bytes): \(finding)")
                    }
                }
            }
        }
    }

    private func damaged(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.next() % 3 {
            let place = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
            switch random.next() % 5 {
            case 0: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
            case 1 where !bytes.isEmpty: bytes.remove(at: place)
            case 2 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(random.next() % 8)
            case 3 where !bytes.isEmpty: bytes[place] = [0x00, 0x01, 0x7F, 0x80, 0xFF][Int(random.next() % 5)]
            case 4 where bytes.count > 3: bytes[1] = UInt8(clamping: bytes.count - 2)
            default: break
            }
        }
        return bytes
    }
}

/// A small generator with a seed.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
