import ArgumentParser
import BrokerAdmin

/// `martlet inspect health`: for a container's health check; exits with 1 where a broker is not well.
struct InspectHealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Say whether the broker is well; exit with 1 where it is not.",
        discussion: "For a health check: --probe live restarts, --probe ready keeps clients away."
    )

    /// What is asked.
    enum Probe: String, ExpressibleByArgument, CaseIterable {
        case live, ready, startup
    }

    @OptionGroup var options: InspectOptions

    @Option(help: "What is asked: live, ready or startup.")
    var probe = Probe.live

    func run() async throws {
        let health = try await options.client().probe(probe.rawValue)
        if options.json {
            Output.line(JSONLine.encode(health))
        } else {
            Output.line(health.reason.map { "\(health.status): \($0)" } ?? health.status)
        }
        if health.status != "ok" { throw ExitCode(1) }
    }
}
