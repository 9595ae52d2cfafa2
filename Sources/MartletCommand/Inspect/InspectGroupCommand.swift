import ArgumentParser
import MartletBroker

/// `martlet inspect group NAME`: one shared group with its members.
struct InspectGroupCommand: InspectSubcommand {
    /// What `--json` prints.
    struct Shown: Encodable {
        var group: GroupReport
        var members: [MemberReport]
    }

    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Show one shared group and its members."
    )

    @OptionGroup var options: InspectOptions

    @Argument(help: ArgumentHelp("The shared subscription.", valueName: "$share/NAME/FILTER"))
    var group: String

    func ask(_ client: AdminClient) async throws -> InspectOutput {
        let group: GroupReport = try await client.show(["v1", "groups", self.group])
        let list: InspectedList<MemberReport> = try await client.list(
            ["v1", "groups", self.group, "members"],
            limit: options.limit
        )
        var output = InspectOutput(Shown(group: group, members: list.items), Self.fields(group))
        let columns: [TextTable.Column] = [
            .text("MEMBER"), .text("CONNECTED"), .number("INFLIGHT"), .number("MAXIMUM"),
        ]
        let members = InspectOutput(list, columns) {
            [$0.client, Measure.flag($0.isConnected), "\($0.inflight)", Measure.number($0.receiveMaximum)]
        }
        output.lines += [""] + members.lines
        output.remark = members.remark
        return output
    }

    static func fields(_ group: GroupReport) -> [(name: String, value: String)] {
        [
            (name: "group", value: group.group),
            ("queued", "\(group.queued) messages, \(Measure.bytes(group.queuedBytes))"),
            ("oldest", Measure.seconds(group.oldestAge)), ("delayed", "\(group.delayed)"),
            ("in flight", "\(group.inflight) of \(Measure.number(group.capacity))"),
            ("in use", Measure.percent(group.utilisation)), ("redelivered", "\(group.redelivered)"),
            ("came back", "\(group.redistributed)"), ("outlives a crash", Measure.flag(group.isDurable)),
        ]
    }
}
