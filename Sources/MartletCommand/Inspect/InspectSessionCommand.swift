import ArgumentParser
import MartletBroker

/// `martlet inspect session NAME`: everything that is known of one session.
struct InspectSessionCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(commandName: "session", abstract: "Show one session.")

    @OptionGroup var options: InspectOptions

    @Argument(help: "The client identifier.")
    var client: String

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        let report: SessionReport = try await client.show(["v1", "sessions", self.client])
        return InspectOutput(report, Self.fields(report))
    }

    static func fields(_ session: SessionReport) -> [(name: String, value: String)] {
        var fields = [(name: "client", value: session.client), ("connected", Measure.flag(session.isConnected))]
        if let connection = session.connection {
            fields += [
                ("protocol", "MQTT \(connection.version)"), ("listener", connection.listener ?? "-"),
                ("peer", connection.peer ?? "-"), ("user", connection.userName ?? "-"),
                ("keep alive", connection.keepAlive == 0 ? "none" : Measure.seconds(connection.keepAlive)),
                ("heard of", "\(Measure.seconds(connection.silence)) ago"),
                ("receive maximum", "\(connection.receiveMaximum)"),
                ("not taken by its socket", Measure.bytes(connection.outputBytes)),
            ]
        }
        fields += [
            ("session expiry", session.expiry.map { Measure.seconds($0) } ?? "never"),
            ("ends in", Measure.seconds(session.endsIn)), ("subscriptions", "\(session.subscriptions)"),
            ("shared groups", "\(session.groups)"),
            ("queued", "\(session.queued) messages, \(Measure.bytes(session.queuedBytes))"),
            ("oldest", Measure.seconds(session.oldestAge)), ("in flight", "\(session.inflight)"),
        ]
        if let will = session.will {
            let due = will.dueIn.map { ", due in \(Measure.seconds($0))" } ?? ""
            fields.append(("will", "\(will.topic), QoS \(will.qos), \(Measure.bytes(will.payloadBytes))\(due)"))
        }
        return fields
    }
}
