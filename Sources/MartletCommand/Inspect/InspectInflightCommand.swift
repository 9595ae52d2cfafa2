import ArgumentParser
import MartletBroker

/// `martlet inspect inflight NAME`: what a client has and has not acknowledged.
struct InspectInflightCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "inflight",
        abstract: "List what a client has not acknowledged."
    )

    @OptionGroup var options: InspectOptions

    @Argument(help: "The client identifier.")
    var client: String

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        let list: InspectedList<DeliveryReport> = try await client.list(
            ["v1", "sessions", self.client, "inflight"],
            limit: options.limit
        )
        return InspectOutput(
            list,
            [.number("PACKET"), .text("TOPIC"), .number("BYTES"), .number("AGE"), .text("GROUP")]
        ) {
            [
                "\($0.packetIdentifier)", $0.topic, Measure.bytes($0.payloadBytes), Measure.seconds($0.age),
                $0.group ?? "-",
            ]
        }
    }
}
