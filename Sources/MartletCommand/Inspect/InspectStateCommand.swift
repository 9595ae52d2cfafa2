import ArgumentParser
import MartletBroker

/// `martlet inspect state`: the state store as a whole.
struct InspectStateCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(commandName: "state", abstract: "The state store as a whole.")

    @OptionGroup var options: InspectOptions

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        let state: StateReport = try await client.show(["v1", "state"])
        return InspectOutput(
            state,
            [
                (name: "keys", value: "\(state.keys) of \(state.keyLimit)"),
                ("bytes", "\(Measure.bytes(state.bytes)) of \(Measure.bytes(state.byteLimit))"),
                ("requests", "\(state.requests), \(state.requestsRefused) refused"),
                ("commits", "\(state.commits), \(state.commitsRefused) refused"), ("expired", "\(state.expired)"),
                ("watched", Measure.flag(state.isWatched)),
            ]
        )
    }
}
