import ArgumentParser
import MartletBroker

/// `martlet inspect broker`: the broker as a whole.
struct InspectBrokerCommand: InspectSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Version, counters, limits and how full they are, the journal."
    )

    @OptionGroup var options: InspectOptions

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        let report: BrokerReport = try await client.show(["v1", "broker"])
        return InspectOutput(report, Self.fields(report))
    }

    static func fields(_ report: BrokerReport) -> [(name: String, value: String)] {
        var fields = [
            (name: "version", value: report.version), ("uptime", Measure.seconds(report.uptime)),
            ("clients connected", "\(report.connectedClients), at most \(report.maximumClients)"),
            ("subscriptions", "\(report.subscriptions)"), ("shared groups", "\(report.groups)"),
        ]
        for (name, usage) in report.limits.sorted(by: { $0.key < $1.key }) {
            fields.append((name, "\(usage.used) of \(usage.limit)"))
        }
        if let journal = report.journal {
            let live = Measure.bytes(journal.liveBytes)
            fields.append(("journal", "\(Measure.bytes(journal.bytes)) in \(journal.pages) pages, \(live) alive"))
            if let free = journal.freeBytes {
                fields.append(("disk free", Measure.bytes(Int(clamping: free))))
            }
            if journal.isRefusing { fields.append(("journal full", "new durable messages are refused")) }
        }
        if let found = report.recovery {
            fields.append(("found at the start", "\(found.sessions) sessions, \(found.messages) messages"))
        }
        for (name, value) in report.counters.sorted(by: { $0.key < $1.key }) where value > 0 {
            fields.append((name.replacing("_", with: " "), "\(value)"))
        }
        return fields
    }
}
