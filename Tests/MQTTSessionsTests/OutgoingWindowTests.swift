import MQTTSessions
import Testing

@Suite("Outgoing window")
struct OutgoingWindowTests {
    @Test func holdsAsManyAsTheLimitAllows() {
        var window = OutgoingWindow<String>(limit: 2)
        window.add("a", identifier: 1)
        #expect(window.hasRoom)
        window.add("b", identifier: 2)
        #expect(!window.hasRoom)
        #expect(window.acknowledge(1) == "a")
        #expect(window.hasRoom)
        #expect(window.count == 1)
    }

    @Test func anAcknowledgementForNothingIsNil() {
        var window = OutgoingWindow<String>(limit: 2)
        #expect(window.acknowledge(1) == nil)
        window.add("a", identifier: 5)
        #expect(window.acknowledge(4) == nil)
        #expect(window.acknowledge(60_000) == nil)
        #expect(window.acknowledge(5) == "a")
        #expect(window.acknowledge(5) == nil)
    }

    @Test func resendsInTheOrderOfSendingWhateverWasAcknowledged() {
        var window = OutgoingWindow<String>(limit: 10)
        for (identifier, element) in [(7, "a"), (3, "b"), (9, "c"), (1, "d")] {
            window.add(element, identifier: UInt16(identifier))
        }
        #expect(window.acknowledge(3) == "b")
        window.beginConnection(limit: 10)
        #expect(!window.hasRoom, "what was sent before goes first")
        var resent: [String] = []
        while let next = window.nextToResend() { resent.append("\(next.identifier)\(next.element)") }
        #expect(resent == ["7a", "9c", "1d"])
        #expect(window.hasRoom)
    }

    @Test func aSmallerLimitHoldsBackTheRestUntilAcknowledged() {
        var window = OutgoingWindow<Int>(limit: 10)
        for number in 1...4 { window.add(number, identifier: UInt16(number)) }
        window.beginConnection(limit: 2)
        #expect(window.nextToResend()?.element == 1)
        #expect(window.nextToResend()?.element == 2)
        #expect(window.nextToResend() == nil)
        #expect(window.acknowledge(2) == 2)
        #expect(window.nextToResend()?.element == 3)
        #expect(!window.hasRoom)
        #expect(window.acknowledge(4) == 4, "acknowledged before it was sent again")
        #expect(window.underWay == 2)
        #expect(window.acknowledge(1) == 1)
        #expect(window.hasRoom)
    }

    @Test func changesAnEntryInPlace() {
        var window = OutgoingWindow<[Int]>(limit: 2)
        window.add([1], identifier: 1)
        #expect((window.update(1) { $0.append(2) }) == true)
        #expect((window.update(2) { $0.append(2) }) == false)
        #expect(window.acknowledge(1) == [1, 2])
    }

    @Test func emptiesInOrder() {
        var window = OutgoingWindow<Int>(limit: 3)
        for number in [2, 1, 3] { window.add(number, identifier: UInt16(number)) }
        #expect(window.removeAll() == [2, 1, 3])
        #expect(window.isEmpty)
        #expect(window.hasRoom)
    }

    /// The same steps on the window and on a plain array: they must agree after each.
    @Test(arguments: Seeds.all)
    func agreesWithAPlainModel(seed: UInt64) {
        struct Entry: Equatable {
            var identifier: UInt16
            var element: Int
            var isUnderWay: Bool
        }
        var random = SplitMix64(seed: seed)
        var limit = 5
        var window = OutgoingWindow<Int>(limit: limit)
        var identifiers = PacketIdentifiers(rest: 2)
        var model: [Entry] = []
        var number = 0
        for step in 0..<5_000 {
            let place: Comment = "seed \(seed), step \(step)"
            let underWay = model.count { $0.isUnderWay }
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let mayAdd = underWay < limit && !model.contains { !$0.isUnderWay }
                #expect(window.hasRoom == mayAdd, place)
                if mayAdd, let identifier = identifiers.allocate() {
                    number += 1
                    window.add(number, identifier: identifier)
                    model.append(Entry(identifier: identifier, element: number, isUnderWay: true))
                }
            case 5..<8:
                let identifier = UInt16.random(in: 1...12, using: &random)
                let index = model.firstIndex { $0.identifier == identifier }
                #expect(window.acknowledge(identifier) == index.map { model.remove(at: $0).element }, place)
                #expect(identifiers.release(identifier) == (index != nil), place)
            case 8:
                let next = window.nextToResend()
                let index = underWay < limit ? model.firstIndex { !$0.isUnderWay } : nil
                #expect(next?.element == index.map { model[$0].element }, place)
                #expect(next?.identifier == index.map { model[$0].identifier }, place)
                if let index { model[index].isUnderWay = true }
            default:
                limit = Int.random(in: 1...8, using: &random)
                window.beginConnection(limit: limit)
                for index in model.indices { model[index].isUnderWay = false }
            }
            var order: [UInt16] = []
            window.forEach { identifier, _ in order.append(identifier) }
            #expect(order == model.map(\.identifier), place)
            #expect(window.underWay == model.count { $0.isUnderWay }, place)
            #expect(window.count == model.count, place)
        }
    }
}
