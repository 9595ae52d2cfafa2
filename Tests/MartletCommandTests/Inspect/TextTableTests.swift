import Testing

@testable import MartletCommand

/// What people see.
@Suite struct TextTableTests {
    @Test func columnsAreAligned() {
        var table = TextTable([.text("NAME"), .number("COUNT"), .text("NOTE")])
        table.add(["a", "1", "x"])
        table.add(["longer", "1000", ""])
        #expect(table.lines == ["NAME    COUNT  NOTE", "a           1  x", "longer   1000"])
    }

    @Test func nobodyMovesTheCursorOfWhoLooks() {
        var table = TextTable([.text("NAME")])
        table.add(["a\u{1B}[2Jb\nc\u{202E}d"])
        #expect(table.lines.last == "a?[2Jb?c?d")
    }

    @Test(arguments: [
        (0, "0 s"), (119, "119 s"), (120, "2 m"), (7_199, "119 m"), (7_260, "2 h 1 m"), (180_000, "2 d 2 h"),
    ]) func durationsAreReadable(seconds: Int, text: String) {
        #expect(Measure.seconds(seconds) == text)
    }

    @Test(arguments: [(0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 KiB"), (3 << 30, "3.0 GiB")])
    func sizesAreReadable(bytes: Int, text: String) {
        #expect(Measure.bytes(bytes) == text)
    }
}
