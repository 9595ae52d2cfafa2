import ArgumentParser
import MartletBroker

/// `martlet inspect groups`: the shared groups, and how busy their members are.
struct InspectGroupsCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(commandName: "groups", abstract: "List the shared groups.")

    @OptionGroup var options: InspectOptions

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        let list: InspectedList<GroupReport> = try await client.list(["v1", "groups"], limit: options.limit)
        return InspectOutput(
            list,
            [
                .text("GROUP"), .number("MEMBERS"), .number("QUEUED"), .number("DELAYED"), .number("INFLIGHT"),
                .number("CAPACITY"), .number("IN USE"), .text("DURABLE"),
            ]
        ) { group in
            [
                group.group, "\(group.members)", "\(group.queued)", "\(group.delayed)", "\(group.inflight)",
                Measure.number(group.capacity), Measure.percent(group.utilisation), Measure.flag(group.isDurable),
            ]
        }
    }
}
