import Glibc
import Testing

@testable import MartletCommand

@Suite("Terminal")
struct TerminalTests {
    @Test("What is no terminal gets neither progress nor colours")
    func noTerminal() {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let terminal = Terminal(descriptor: ends[1], environment: ["TERM": "xterm"])
        #expect(!terminal.isInteractive && !terminal.hasColour)
        #expect(terminal.paint("text", .red) == "text")
    }

    @Test("On a terminal NO_COLOR takes the colours and leaves the progress")
    func noColour() {
        let descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        #expect(descriptor >= 0)
        defer { close(descriptor) }
        let plain = Terminal(descriptor: descriptor, environment: ["TERM": "xterm", "NO_COLOR": "1"])
        #expect(plain.isInteractive && !plain.hasColour)
        let coloured = Terminal(descriptor: descriptor, environment: ["TERM": "xterm"])
        #expect(coloured.hasColour && coloured.paint("text", .red) == "\u{1B}[31mtext\u{1B}[0m")
        #expect(!Terminal(descriptor: descriptor, environment: ["TERM": "dumb"]).isInteractive)
    }

    @Test("The progress line says what is done and left, within the terminal")
    func progress() {
        let text = ProgressLine.text(done: 50, total: 200, seconds: 10, remark: "50 handled", columns: 120)
        #expect(text == "██████░░░░░░░░░░░░░░░░░░ 25% 30 s left  50 handled")
        #expect(ProgressLine.text(done: 50, total: 200, seconds: 10, remark: "50 handled", columns: 40).count == 39)
        #expect(ProgressLine.text(done: 0, total: 200, seconds: 10, remark: "", columns: 80).hasSuffix(" 0%"))
        #expect(ProgressLine.text(done: 200, total: 200, seconds: 10, remark: "", columns: 80).hasSuffix(" 100%"))
    }

    @Test(
        "Numbers are grouped by thousands",
        arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")]
    )
    func grouped(number: Int, text: String) {
        #expect(DemoReport.grouped(number) == text)
    }
}
