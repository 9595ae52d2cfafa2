import ArgumentParser
import CrashPoints

/// `martlet demo`: replicas and the broker are killed while messages flow, and every result is checked.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Kill replicas and the broker with -9 while messages flow, and count what was lost.",
        discussion: """
            Runs a durable broker, replicas of a worker (Samples/Temperatures), a publisher and an observer of results. A random replica is \
            killed with -9 about every second and the broker about every three; both are started again at once. Each message is one \
            hour's temperature of a station. The worker counts it into its day, which it keeps in its state, and publishes the day's \
            minimum, mean and maximum with the day's last reading. Counting a reading twice would show for ever. When all is over the \
            broker is killed once more, and the state is read out of the store and held against what follows from the file.

            EXAMPLES:
              martlet demo
              martlet demo --messages 200000 --json
              martlet demo --seed 7 --replicas 5
              martlet demo --no-chaos --rate 0
              .build/debug/martlet demo --crash-points     # die inside a commit, before and after each of its steps

            THE VERDICT:
              sent            readings that the broker took from the publisher
              handled         different readings that the state counts
              lost            sent readings that the state does not count, and results that never came
              handled again   readings that a handler ran to its end more than once, each repetition counted: its commit died with its \
            process, or was refused because the day had changed; that is the price, not a fault
              applied twice   how many times too often readings are counted in the state
              published twice how many times too often results were published: the observer may get one publish twice, and tells it by the \
            broker's name of the message and the handling's mark
              came back       readings that the state counts and that were delivered again after all was over
              wrong           results and days that differ from the file
              takeover        for each kill of a replica, the time from the kill until every message that it had in its hands \
            (begun, not finished) was handled to its end by another process; had it none, until another process finished its next \
            message. Time in which the broker was dead too is not taken out.
              throughput      handled messages over the time from the first publish to the last handling; the publisher is paced (--rate), \
            so this says whether the group kept up, not how fast it could be

            EXIT CODES: 0 nothing was lost, nothing done twice and everything is right, 1 otherwise, 64 wrong usage, 130 interrupted.
            """
    )

    @Option(help: "How many messages to send.")
    var messages = 60_000

    @Option(help: "How many replicas of the worker run.")
    var replicas = 3

    @Option(help: ArgumentHelp("Send so many messages a second; 0 for as fast as it goes.", valueName: "messages"))
    var rate = 1_500.0

    @Option(help: ArgumentHelp("How long the handler works on a message.", valueName: "milliseconds"))
    var work = 5

    @Option(help: "Decides who is killed when (default: a new one, which is printed).")
    var seed: UInt64?

    @Flag(name: .customLong("no-chaos"), help: "Kill nobody from outside.")
    var isCalm = false

    @Flag(help: "Let processes also die at numbered points of their own code (debug builds).")
    var crashPoints = false

    @Flag(help: "Print the verdict as one line of JSON.")
    var json = false

    func validate() throws {
        guard (1...100_000_000).contains(messages) else { throw ValidationError("--messages is from 1 to 100000000") }
        guard (1...64).contains(replicas) else { throw ValidationError("--replicas is from 1 to 64") }
        guard rate >= 0, rate.isFinite else { throw ValidationError("--rate is 0 or more") }
        guard !crashPoints || CrashPoints.areCompiledIn else {
            throw ValidationError("--crash-points needs a debug build: swift build --product martlet")
        }
        guard (0...60_000).contains(work) else { throw ValidationError("--work is from 0 to 60000") }
    }

    func run() async throws {
        let plan = DemoPlan(
            messages: messages,
            replicas: replicas,
            rate: rate > 0 ? rate : nil,
            work: .milliseconds(work),
            seed: seed ?? UInt64.random(in: 1...UInt64(UInt32.max)),
            kills: !isCalm,
            crashPoints: crashPoints
        )
        DemoFolder.removeAbandoned()
        let folder = try DemoFolder()
        let report = DemoReport(plan: plan, json: json)
        let verdict: Verdict
        do {
            report.begin(folder: folder)
            verdict = try await DemoRun(plan: plan, folder: folder, report: report).run()
        } catch {
            folder.remove()
            throw error
        }
        report.end(verdict)
        if verdict.isGood {
            folder.remove()
        } else {
            folder.keep()
            Output.remark("The broker's data and the logs are in \(folder.path)")
            throw ExitCode.failure
        }
    }
}
