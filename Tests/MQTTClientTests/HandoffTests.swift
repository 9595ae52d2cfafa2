import Testing

@testable import MQTTClient

@Suite("Handoff", .timeLimit(.minutes(10)))
struct HandoffTests {
    /// Even numbers may be dropped.
    private static func handoff(_ limit: Int, _ overflow: Handoff<Int>.Overflow) -> Handoff<Int> {
        Handoff(maximumDroppable: limit, overflow: overflow) { $0.isMultiple(of: 2) }
    }

    private static func rest(_ handoff: Handoff<Int>) async -> [Int] {
        handoff.finish(discarding: false)
        var rest: [Int] = []
        while let element = await handoff.next() { rest.append(element) }
        return rest
    }

    @Test func keepsTheOrder() async {
        let handoff = Self.handoff(10, .dropNewest)
        handoff.offer([1, 2])
        handoff.offer([3])
        #expect(handoff.count == 3)
        #expect(await Self.rest(handoff) == [1, 2, 3])
    }

    @Test func dropsTheNewestOrTheOldestOfWhatMayBeDropped() async {
        let newest = Self.handoff(2, .dropNewest)
        #expect(newest.offer([1, 2, 4, 3, 6, 5]) == 1)
        #expect(newest.dropped == 1)
        #expect(await Self.rest(newest) == [1, 2, 4, 3, 5])
        let oldest = Self.handoff(2, .dropOldest)
        #expect(oldest.offer([1, 2, 4, 3, 6, 5]) == 1)
        #expect(await Self.rest(oldest) == [1, 4, 3, 6, 5])
    }

    @Test func takingMakesRoom() async {
        let handoff = Self.handoff(1, .dropNewest)
        handoff.offer([2])
        #expect(await handoff.next() == 2)
        #expect(handoff.offer([4]) == 0)
        handoff.removeAll { $0 == 4 }
        #expect(handoff.offer([6]) == 0)
        #expect(handoff.offer([8]) == 1)
    }

    @Test func givesEachElementToOneOfThoseWhoWait() async {
        let handoff = Self.handoff(1_000, .dropNewest)
        await withTaskGroup(of: [Int].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var taken: [Int] = []
                    while let element = await handoff.next() { taken.append(element) }
                    return taken
                }
            }
            for start in stride(from: 0, to: 1_000, by: 10) { handoff.offer(Array(start..<start + 10)) }
            handoff.finish(discarding: false)
            var all: [Int] = []
            for await taken in group {
                #expect(taken == taken.sorted())
                all += taken
            }
            #expect(all.sorted() == Array(0..<1_000))
        }
    }

    @Test func anEndThatDiscardsLeavesNothing() async {
        let handoff = Self.handoff(10, .dropNewest)
        handoff.offer([1])
        handoff.finish(discarding: true)
        #expect(await handoff.next() == nil)
        #expect(handoff.offer([2]) == 0)
        #expect(await handoff.next() == nil)
    }

    @Test func cancellingOneWaiterLeavesTheOthers() async {
        let handoff = Self.handoff(10, .dropNewest)
        let first = Task { await handoff.next() }
        let second = Task { await handoff.next() }
        first.cancel()
        #expect(await first.value == nil)
        handoff.offer([7])
        #expect(await second.value == 7)
    }
}
