import Dispatch

/// What a replica tells the demonstration about one handling, as a line of its standard output.
///
/// The time is that of the machine's monotonic clock, which all processes share.
struct HandlingLine: Equatable, Sendable {
    enum Step: Character, Sendable {
        case started = "S"
        case finished = "F"
    }

    var step: Step
    var message: String
    var time: Duration

    /// The line, its newline included.
    var text: String {
        let parts = time.components
        return "\(step.rawValue) \(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000) \(message)\n"
    }

    init(_ step: Step, message: String, time: Duration) {
        self.step = step
        self.message = message
        self.time = time
    }

    /// Reads the line; `nil` for anything else, such as a line that a kill has cut short.
    init?(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[0].count == 1, let letter = words[0].first, let step = Step(rawValue: letter),
            let nanoseconds = Int64(words[1])
        else { return nil }
        self.init(step, message: String(words[2]), time: .nanoseconds(nanoseconds))
    }

    /// The machine's monotonic clock.
    static var now: Duration {
        .nanoseconds(Int64(clamping: DispatchTime.now().uptimeNanoseconds))
    }
}
