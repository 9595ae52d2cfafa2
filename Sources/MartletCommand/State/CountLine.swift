/// A count on standard error that is written over again and again, on a terminal only, where no total is known.
struct CountLine {
    /// The least time between two paintings.
    private static let interval = Duration.milliseconds(100)

    private let what: String
    private let terminal = Terminal.standardError
    private var lastPainted: ContinuousClock.Instant?

    init(_ what: String) {
        self.what = what
    }

    mutating func show(_ count: Int) {
        let now = ContinuousClock.now
        guard terminal.isInteractive, lastPainted.map({ now - $0 >= Self.interval }) ?? true else { return }
        lastPainted = now
        Output.write(Array("\r\u{1B}[K\(count) keys \(what)".utf8), to: 2)
    }

    /// Takes the line away.
    mutating func finish() {
        if lastPainted != nil { Output.write(Array("\r\u{1B}[K".utf8), to: 2) }
    }
}
