import Testing

@testable import MartletCommand

@Suite("Handling lines")
struct HandlingLineTests {
    @Test("A line says what was written")
    func roundTrip() {
        let line = HandlingLine(.finished, message: "a/b c/d", time: .seconds(12) + .nanoseconds(345))
        #expect(line.text == "F 12000000345 a/b c/d\n")
        #expect(HandlingLine(String(line.text.dropLast())) == line)
    }

    @Test("Lines cut short are nothing", arguments: ["", "S", "X 12 a", "S x a", "SS 12 a", "S 12"])
    func cutShort(line: String) {
        #expect(HandlingLine(line) == nil)
    }

    @Test("The clock goes forward")
    func clock() {
        let first = HandlingLine.now
        #expect(HandlingLine.now >= first && first > .zero)
    }
}
