import ArgumentParser
import MartletBroker

/// `martlet inspect subscriptions`: who gets what.
struct InspectSubscriptionsCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(commandName: "subscriptions", abstract: "List the subscriptions.")

    @OptionGroup var options: InspectOptions

    @Option(help: ArgumentHelp("Only those of this client.", valueName: "identifier"))
    var client: String?

    @Option(help: ArgumentHelp("Only those that lie within this filter.", valueName: "filter"))
    var filter: String?

    @Option(help: ArgumentHelp("Only those that get a message to this topic.", valueName: "topic"))
    var topic: String?

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        let query = [("client", self.client), ("filter", filter), ("topic", topic)]
        let list: InspectedList<SubscriptionReport> = try await client.list(
            ["v1", "subscriptions"],
            query,
            limit: options.limit
        )
        return InspectOutput(list, [.text("CLIENT"), .text("FILTER"), .number("QOS"), .number("ID"), .text("OPTIONS")])
        {
            let words = ($0.noLocal ? ["no local"] : []) + ($0.retainAsPublished ? ["retain as published"] : [])
            return [$0.client, $0.filter, "\($0.qos)", Measure.number($0.identifier), words.joined(separator: ", ")]
        }
    }
}
