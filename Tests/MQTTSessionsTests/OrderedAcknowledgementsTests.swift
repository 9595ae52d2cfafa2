import MQTTSessions
import Testing

@Suite("Ordered acknowledgements")
struct OrderedAcknowledgementsTests {
    @Test func aSlowFirstMessageHoldsBackTheOthers() {
        var line = OrderedAcknowledgements(capacity: 3)
        let numbers = [UInt16(10), 20, 30].map { line.arrive($0) ?? .max }
        #expect((line.finish(numbers[2])) == true)
        #expect((line.finish(numbers[1])) == true)
        #expect(line.release()?.identifier == nil)
        #expect((line.finish(numbers[0])) == true)
        #expect(
            [
                line.release()?.identifier, line.release()?.identifier, line.release()?.identifier,
                line.release()?.identifier,
            ] == [10, 20, 30, nil]
        )
    }

    @Test func finishingTwiceOrWhatNeverCameChangesNothing() {
        var line = OrderedAcknowledgements(capacity: 3)
        let number = line.arrive(1) ?? .max
        #expect((line.finish(number)) == true)
        #expect((line.finish(number)) == false)
        #expect((line.finish(number + 1)) == false)
        #expect(line.release()?.identifier == 1)
        #expect((line.finish(number)) == false)
        #expect(line.release()?.identifier == nil)
    }

    @Test func goingPastTheCapacityIsNoticed() {
        var line = OrderedAcknowledgements(capacity: 2)
        let first = line.arrive(1)
        #expect(first != nil)
        #expect(line.arrive(2) != nil)
        #expect(line.arrive(3) == nil)
        #expect((line.finish(first ?? .max)) == true)
        #expect(line.arrive(3) == nil, "finished, but not yet acknowledged on the wire")
        #expect(line.release()?.identifier == 1)
        #expect(line.arrive(3) != nil)
    }

    @Test(arguments: Seeds.all)
    func releasesInOrderOfArrivalWhateverTheOrderOfFinishing(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let capacity = Int.random(in: 1...100, using: &random)
        var line = OrderedAcknowledgements(capacity: capacity)
        var waiting: [(number: UInt64, identifier: UInt16, bytes: Int, isFinished: Bool)] = []
        for step in 0..<5_000 {
            let place: Comment = "seed \(seed), step \(step)"
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let identifier = UInt16.random(in: 1 ... .max, using: &random)
                let bytes = Int.random(in: 0...1_000, using: &random)
                let number = line.arrive(identifier, bytes: bytes)
                #expect((number == nil) == (waiting.count == capacity), place)
                if let number { waiting.append((number, identifier, bytes, false)) }
            case 1:
                guard let index = waiting.indices.randomElement(using: &random) else { continue }
                #expect(line.finish(waiting[index].number) == !waiting[index].isFinished, place)
                waiting[index].isFinished = true
            default:
                let released = line.release()?.identifier
                if let first = waiting.first, first.isFinished {
                    #expect(released == first.identifier, place)
                    waiting.removeFirst()
                } else {
                    #expect(released == nil, place)
                }
            }
            #expect(line.count == waiting.count, place)
            #expect(line.bytes == waiting.reduce(0) { $0 + $1.bytes }, place)
        }
    }
}
