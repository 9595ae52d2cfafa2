import ArgumentParser
import MartletBroker

/// `martlet inspect sessions`: who is connected, and what waits for whom.
struct InspectSessionsCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(commandName: "sessions", abstract: "List the sessions.")

    @OptionGroup var options: InspectOptions

    @Option(help: ArgumentHelp("Only those that are connected, or that are not.", valueName: "true|false"))
    var connected: Bool?

    @Option(help: ArgumentHelp("Only those whose client identifier begins so.", valueName: "text"))
    var prefix: String?

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        let query = [("connected", connected.map { "\($0)" }), ("prefix", prefix)]
        let list: InspectedList<SessionReport> = try await client.list(["v1", "sessions"], query, limit: options.limit)
        return InspectOutput(
            list,
            [
                .text("CLIENT"), .text("CONNECTED"), .text("VERSION"), .text("PEER"), .number("QUEUED"),
                .number("BYTES"), .number("INFLIGHT"), .number("OLDEST"), .number("SUBSCRIPTIONS"), .text("ENDS IN"),
            ]
        ) { session in
            [
                session.client, Measure.flag(session.isConnected), session.connection?.version ?? "-",
                session.connection?.peer ?? "-", "\(session.queued)", Measure.bytes(session.queuedBytes),
                "\(session.inflight)", Measure.seconds(session.oldestAge), "\(session.subscriptions)",
                Measure.seconds(session.endsIn),
            ]
        }
    }
}
