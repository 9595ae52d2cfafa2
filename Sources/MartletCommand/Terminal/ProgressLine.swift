/// A line on standard error that is written over again and again, on a terminal only.
struct ProgressLine {
    /// The least time between two paintings.
    private static let interval = Duration.milliseconds(100)

    private let total: Int
    private let terminal: Terminal
    private let start = ContinuousClock.now
    private var lastPainted: ContinuousClock.Instant?

    init(total: Int, on terminal: Terminal) {
        self.total = total
        self.terminal = terminal
    }

    /// Shows how much is done, and a remark behind it.
    mutating func show(_ done: Int, remark: @autoclosure () -> String = "", force: Bool = false) {
        guard terminal.isInteractive else { return }
        let now = ContinuousClock.now
        if !force, let lastPainted, now - lastPainted < Self.interval { return }
        lastPainted = now
        let seconds = (now - start).inSeconds
        let text = Self.text(done: done, total: total, seconds: seconds, remark: remark(), columns: Terminal.columns())
        Output.write(Array("\r\u{1B}[K\(text)".utf8), to: 2)
    }

    /// Takes the line away.
    mutating func finish() {
        guard terminal.isInteractive, lastPainted != nil else { return }
        Output.write(Array("\r\u{1B}[K".utf8), to: 2)
    }

    /// The line: a bar, the part that is done, the time that is left at this pace, the remark; never wider than the terminal.
    static func text(done: Int, total: Int, seconds: Double, remark: String, columns: Int) -> String {
        let part = total > 0 ? min(Double(done) / Double(total), 1) : 1
        let width = 24
        let filled = Int(part * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let left = done > 0 && part < 1 ? " \(Int((seconds / part * (1 - part)).rounded(.up))) s left" : ""
        let percent = "\(Int(part * 100))%"
        return String("\(bar) \(percent)\(left)\(remark.isEmpty ? "" : "  " + remark)".prefix(max(columns - 1, 20)))
    }
}
