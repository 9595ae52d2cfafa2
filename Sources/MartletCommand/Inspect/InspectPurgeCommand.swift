import ArgumentParser
import MartletBroker
import NIOHTTP1

/// `martlet inspect purge`: takes messages away, durably.
struct InspectPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Take away what waits for a session or a shared group, or retained messages.",
        discussion: """
            EXAMPLES:
              martlet inspect purge session worker-1
              martlet inspect purge group '$share/orders/orders/#'
              martlet inspect purge retained 'devices/#'

            What is in flight stays. It is durable when the command ends, and cannot be undone.
            """
    )

    /// What is emptied.
    enum Target: String, ExpressibleByArgument, CaseIterable {
        case session, group, retained
    }

    @OptionGroup var options: InspectOptions

    @Argument(help: "What is emptied: session, group or retained.")
    var target: Target

    @Argument(help: "The client identifier, the shared subscription, or the filter of the topics.")
    var name: String

    func run() async throws {
        let client = try options.client()
        let report: PurgeReport =
            switch target {
            case .session: try await client.act(.POST, ["v1", "sessions", name, "purge"])
            case .group: try await client.act(.POST, ["v1", "groups", name, "purge"])
            case .retained: try await client.act(.DELETE, ["v1", "retained"], [("filter", name)])
            }
        if options.json {
            Output.line(JSONLine.encode(report))
        } else {
            Output.line("\(report.purged) messages taken away, \(Measure.bytes(report.bytes))")
        }
    }
}
