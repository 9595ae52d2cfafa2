import ArgumentParser
import MartletBroker
import NIOHTTP1

/// `martlet inspect kick NAME`: sends a client away.
struct InspectKickCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kick",
        abstract: "Send a client away (DISCONNECT 0x98).",
        discussion: "Without --end-session it may come back to everything that waits for it."
    )

    @OptionGroup var options: InspectOptions

    @Argument(help: "The client identifier.")
    var client: String

    @Flag(help: "End its session too: its subscriptions and everything that waits for it are gone.")
    var endSession = false

    func run() async throws {
        let report: KickReport = try await options.client().act(
            .POST,
            ["v1", "sessions", client, "kick"],
            [("endSession", "\(endSession)")]
        )
        if options.json {
            Output.line(JSONLine.encode(report))
        } else {
            let was = report.wasConnected ? "was sent away" : "was not connected"
            Output.line("\(TextTable.printable(client)) \(was)\(report.isSessionEnded ? "; its session is gone" : "")")
        }
    }
}
