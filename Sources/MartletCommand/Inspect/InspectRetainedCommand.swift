import ArgumentParser
import MartletBroker

/// `martlet inspect retained`: the retained messages; what one says, where it is asked for by its topic.
struct InspectRetainedCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "retained",
        abstract: "List retained messages, or show one."
    )

    @OptionGroup var options: InspectOptions

    @Argument(help: "A filter; a topic without wildcards shows what its message says.")
    var filter = "#"

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        guard filter.contains(where: { $0 == "+" || $0 == "#" }) else { return try await show(client) }
        let list: InspectedList<RetainedReport> = try await client.list(
            ["v1", "retained"],
            [("filter", filter)],
            limit: options.limit
        )
        return InspectOutput(
            list,
            [.text("TOPIC"), .number("QOS"), .number("BYTES"), .number("AGE"), .number("EXPIRES IN")]
        ) {
            [
                $0.topic, "\($0.qos)", Measure.bytes($0.payloadBytes), Measure.seconds($0.age),
                Measure.seconds($0.expiresIn),
            ]
        }
    }

    private func show(_ client: AdminClient) async throws -> InspectOutput {
        let message: RetainedReport = try await client.show(["v1", "retained", filter])
        let cut = message.isCut == true ? " (cut)" : ""
        return InspectOutput(
            message,
            [
                (name: "topic", value: message.topic), ("QoS", "\(message.qos)"),
                ("age", Measure.seconds(message.age)), ("expires in", Measure.seconds(message.expiresIn)),
                ("size", Measure.bytes(message.payloadBytes)),
                (message.text == nil ? "base64" : "text", (message.text ?? message.base64 ?? "") + cut),
            ]
        )
    }
}
