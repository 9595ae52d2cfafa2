import ArgumentParser
import MartletBroker

/// `martlet inspect backlog`: the backlog of every shared group, the longest first.
struct InspectBacklogCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "backlog",
        abstract: "The backlog of every shared group, the longest first."
    )

    @OptionGroup var options: InspectOptions

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        var list: InspectedList<GroupReport> = try await client.list(["v1", "groups"], limit: options.limit)
        list.items.sort { ($1.queued, $0.group) < ($0.queued, $1.group) }
        return InspectOutput(
            list,
            [
                .text("GROUP"), .number("QUEUED"), .number("BYTES"), .number("OLDEST"), .number("DELAYED"),
                .number("INFLIGHT"), .number("REDELIVERED"), .number("IN USE"),
            ]
        ) { group in
            [
                group.group, "\(group.queued)", Measure.bytes(group.queuedBytes), Measure.seconds(group.oldestAge),
                "\(group.delayed)", "\(group.inflight)", "\(group.redelivered)", Measure.percent(group.utilisation),
            ]
        }
    }
}
