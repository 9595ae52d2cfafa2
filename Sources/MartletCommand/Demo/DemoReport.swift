import Glibc
import Synchronization

/// What a person sees of a run: its beginning, how far it is, and the verdict.
final class DemoReport: Sendable {
    /// Where no terminal is, progress is said so often.
    private static let remarkInterval = Duration.seconds(5)

    private let plan: DemoPlan
    private let json: Bool
    private let output = Terminal.standardOutput
    private let state: Mutex<State>

    private struct State {
        var line: ProgressLine
        var lastRemark = ContinuousClock.now
    }

    init(plan: DemoPlan, json: Bool) {
        self.plan = plan
        self.json = json
        self.state = Mutex(State(line: ProgressLine(total: plan.messages, on: .standardError)))
    }

    /// Says what is about to happen.
    func begin(folder: DemoFolder) {
        var kills =
            plan.kills
            ? "a replica is killed with -9 about every second, the broker about every three"
            : "nobody is killed from outside"
        if plan.crashPoints { kills += "; processes die at numbered points of their own code" }
        let rate = plan.rate.map { "\(Self.grouped(Int($0))) a second" } ?? "as fast as it goes"
        say(
            "Martlet demo: \(Self.grouped(plan.messages)) messages, \(rate), to \(plan.replicas) replicas; seed \(plan.seed)"
        )
        say("  \(kills); the broker's data is in \(folder.path)")
    }

    /// Shows how far the run is.
    func show(_ progress: DemoProgress) {
        state.withLock { state in
            var remark =
                "\(Self.grouped(progress.handled)) handled  killed: \(progress.replicaKills) replicas, \(progress.brokerKills) brokers"
            if plan.crashPoints { remark += ", \(progress.crashes) at points" }
            state.line.show(progress.handled, remark: remark)
            guard !Terminal.standardError.isInteractive else { return }
            let now = ContinuousClock.now
            guard now - state.lastRemark >= Self.remarkInterval else { return }
            state.lastRemark = now
            Output.remark("  \(remark)")
        }
    }

    /// Takes the progress away.
    func finish() {
        state.withLock { $0.line.finish() }
    }

    /// Prints the verdict.
    func end(_ verdict: Verdict) {
        finish()
        if json {
            Output.line(JSONLine.encode(verdict))
            return
        }
        for (name, value) in Self.rows(of: verdict) {
            let padded = name + String(repeating: " ", count: max(16 - name.count, 1))
            Output.line("  \(output.paint(padded, .dim))\(value)")
        }
        if let failure = verdict.failure { Output.line("  \(output.paint("it stopped:", .red)) \(failure)") }
        Output.line(
            verdict.isGood
                ? output.paint("PASSED", .green)
                    + "  every reading was counted once and every result published once, as computed from the file"
                : output.paint("FAILED", .red) + "  run it again with --seed \(verdict.seed)"
        )
    }

    /// The rows of the verdict.
    static func rows(of verdict: Verdict) -> [(name: String, value: String)] {
        func time(_ milliseconds: Double?) -> String { milliseconds.map { "\($0) ms" } ?? "-" }
        let takeover =
            "p50 \(time(verdict.takeoverP50Milliseconds))  p99 \(time(verdict.takeoverP99Milliseconds))"
            + "  max \(time(verdict.takeoverMaxMilliseconds))"
        let points = verdict.crashPointKills.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
            .map { "\($0.key): \($0.value)" }.joined(separator: "  ")
        return [
            ("sent", grouped(verdict.sent)),
            ("handled", grouped(verdict.handled)),
            ("lost", grouped(verdict.lost)),
            ("handled again", grouped(verdict.handledAgain)),
            ("applied twice", grouped(verdict.appliedTwice)),
            ("published twice", grouped(verdict.publishedTwice)),
            ("came back", grouped(verdict.cameBack)),
            ("wrong", grouped(verdict.wrong)),
            ("results", grouped(verdict.results)),
            ("replica kills", grouped(verdict.replicaKills)),
            ("broker kills", grouped(verdict.brokerKills)),
            ("at points", points.isEmpty ? "-" : points),
            ("takeover", takeover),
            ("throughput", "\(grouped(Int(verdict.messagesPerSecond))) messages/s over \(verdict.seconds) s"),
            ("seed", "\(verdict.seed)"),
        ]
    }

    /// The number with a comma at every third digit.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (offset, digit) in String(number).reversed().enumerated() {
            if offset > 0, offset.isMultiple(of: 3), digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// Says something besides the verdict.
    func say(_ line: String) {
        if json { Output.remark(line) } else { Output.line(line) }
    }
}
