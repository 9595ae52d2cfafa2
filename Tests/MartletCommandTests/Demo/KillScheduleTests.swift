import Testing

@testable import MartletCommand

@Suite("Kill schedule")
struct KillScheduleTests {
    private func kills(seed: UInt64, replicas: Int = 3, before end: Duration) -> [Kill] {
        Array(KillSchedule(seed: seed, replicas: replicas).prefix { $0.at < end })
    }

    @Test("The seed decides it")
    func seedDecides() {
        #expect(kills(seed: 7, before: .seconds(60)) == kills(seed: 7, before: .seconds(60)))
        #expect(kills(seed: 7, before: .seconds(60)) != kills(seed: 8, before: .seconds(60)))
    }

    @Test("The sequence of a seed stays as it is, so that a printed seed is worth keeping")
    func sequenceIsFixed() {
        var generator = SeededGenerator(seed: 1)
        #expect(generator.next() == 0x910A_2DEC_8902_5CC1)
        #expect(generator.next() == 0xBEEB_8DA1_658E_EC67)
    }

    @Test("Replicas die about every second, the broker about every three", arguments: 1...20 as ClosedRange<UInt64>)
    func intervals(seed: UInt64) {
        let all = kills(seed: seed, before: .seconds(300))
        let broker = all.filter { $0.target == .broker }
        #expect((280...320).contains(all.count - broker.count))
        #expect((90...110).contains(broker.count))
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.at <= $1.at })
    }

    @Test("Every replica is hit")
    func everyReplica() {
        let all = kills(seed: 1, replicas: 5, before: .seconds(300))
        for index in 0..<5 { #expect(all.contains { $0.target == .replica(index) }) }
        #expect(!all.contains { $0.target == .replica(5) })
    }
}
