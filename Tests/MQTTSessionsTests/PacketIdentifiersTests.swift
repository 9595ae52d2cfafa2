import MQTTSessions
import Testing

@Suite("Packet identifiers")
struct PacketIdentifiersTests {
    @Test func startAtOneAndAreNeverZero() {
        var identifiers = PacketIdentifiers()
        #expect(identifiers.allocate() == 1)
        #expect(identifiers.allocate() == 2)
        #expect(!identifiers.contains(0))
        #expect((identifiers.release(0)) == false)
    }

    @Test func givesNoneWhenAllAreInFlight() {
        var identifiers = PacketIdentifiers(maximum: 3)
        #expect([identifiers.allocate(), identifiers.allocate(), identifiers.allocate()] == [1, 2, 3])
        #expect(identifiers.allocate() == nil)
        #expect((identifiers.release(2)) == true)
        #expect(identifiers.allocate() == 2)
        #expect(identifiers.allocate() == nil)
    }

    @Test func reachesAllSixtyFiveThousand() {
        var identifiers = PacketIdentifiers()
        for expected in 1...UInt16.max {
            #expect(identifiers.allocate() == expected)
        }
        #expect(identifiers.allocate() == nil)
        #expect(identifiers.count == 65_535)
    }

    @Test func releasingTwiceIsNoticed() {
        var identifiers = PacketIdentifiers(rest: 0)
        let identifier = identifiers.allocate() ?? 0
        #expect((identifiers.release(identifier)) == true)
        #expect((identifiers.release(identifier)) == false)
        #expect((identifiers.release(999)) == false)
        #expect(identifiers.count == 0)
    }

    @Test func oneThatCameFreeRests() {
        var identifiers = PacketIdentifiers(rest: 4)
        var given: [UInt16] = []
        for _ in 0..<12 {
            guard let identifier = identifiers.allocate() else { continue }
            given.append(identifier)
            identifiers.release(identifier)
        }
        #expect(given == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2])
    }

    @Test(arguments: Seeds.all)
    func neverGivesOneThatIsInFlight(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let maximum = UInt16.random(in: 1...100, using: &random)
        var identifiers = PacketIdentifiers(maximum: maximum, rest: Int.random(in: 0...40, using: &random))
        var model: Set<UInt16> = []
        for step in 0..<5_000 {
            if Bool.random(using: &random) {
                let identifier = identifiers.allocate()
                #expect((identifier == nil) == (model.count == Int(maximum)), "seed \(seed), step \(step)")
                if let identifier {
                    #expect((1...maximum).contains(identifier), "seed \(seed), step \(step)")
                    #expect(model.insert(identifier).inserted, "seed \(seed), step \(step)")
                }
            } else {
                let identifier = UInt16.random(in: 0...maximum, using: &random)
                let wasInFlight = model.remove(identifier) != nil
                #expect(identifiers.release(identifier) == wasInFlight, "seed \(seed), step \(step)")
            }
            #expect(identifiers.count == model.count, "seed \(seed), step \(step)")
        }
    }
}
