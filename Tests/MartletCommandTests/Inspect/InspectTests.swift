import ArgumentParser
import BrokerAdmin
import Foundation
import Logging
import MQTTClient
import MartletBroker
import MartletTesting
import Testing

@testable import MartletCommand

/// `martlet inspect` against an admin API.
@Suite(.timeLimit(.minutes(5)))
struct InspectTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func withAdmin(
        access: AdminAccess = AdminAccess(),
        _ body: @Sendable (TestBroker, String) async throws -> Void
    ) async throws {
        try await TestBroker.withBroker { broker in
            var configuration = AdminConfiguration()
            configuration.port = 0
            configuration.access = access
            let present = try #require(broker.present)
            let server = try AdminServer(broker: present, configuration: configuration, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let url = "http://127.0.0.1:\(try await server.waitUntilListening())"
                let result = await Result { try await body(broker, url) }
                group.cancelAll()
                try result.get()
            }
        }
    }

    private static func ask<Command: InspectSubcommand>(_ type: Command.Type, _ arguments: [String]) async throws
        -> InspectOutput
    {
        let command = try #require(try Command.parseAsRoot(arguments) as? Command)
        return try await command.ask(command.options.client(environment: [:]))
    }

    @Test func whatThereIsIsShownForPeopleAndForMachines() async throws {
        try await Self.withAdmin { broker, url in
            var configuration = MQTTClientConfiguration(endpoint: broker.endpoint, clientIdentifier: "member/1")
            configuration.receiveMaximum = 2
            try await MQTTClient.withConnection(configuration, logger: Self.logger) { member in
                _ = try await member.subscribe([MQTTSubscription("$share/g/work/#", qos: .atLeastOnce)])
                for number in 0..<5 {
                    var message = MQTTMessage(topic: "work/\(number)", text: "x", qos: .atLeastOnce)
                    message.retain = number == 0
                    _ = try await member.publish(message)
                }
                let sessions = try await Self.ask(InspectSessionsCommand.self, ["--url", url])
                #expect(sessions.lines.count == 2)
                #expect(sessions.lines[0].hasPrefix("CLIENT    CONNECTED"))
                #expect(sessions.lines[1].hasPrefix("member/1  yes"))
                #expect(sessions.json.count == 1)
                let session = try await Self.ask(InspectSessionCommand.self, ["member/1", "--url", url])
                #expect(session.lines.contains { $0.hasPrefix("receive maximum ") && $0.hasSuffix(" 2") })
                let backlog = try await Self.ask(InspectBacklogCommand.self, ["--url", url])
                #expect(backlog.json[0].contains(#""group":"$share/g/work/#""#))
                #expect(backlog.json[0].contains(#""queued":3"#))
                let group = try await Self.ask(InspectGroupCommand.self, ["$share/g/work/#", "--url", url])
                #expect(group.lines.last?.hasPrefix("member/1") == true)
                #expect(try await Self.ask(InspectGroupsCommand.self, ["--url", url]).lines.count == 2)
                let inflight = try await Self.ask(InspectInflightCommand.self, ["member/1", "--url", url])
                #expect(inflight.json.count == 2)
                let one = try await Self.ask(InspectInflightCommand.self, ["member/1", "--url", url, "--limit", "1"])
                #expect(one.json.count == 1)
                #expect(one.remark?.contains("more than 1") == true)
                let subscriptions = try await Self.ask(
                    InspectSubscriptionsCommand.self,
                    ["--topic", "work/1", "--url", url]
                )
                #expect(subscriptions.lines.count == 2)
                #expect(try await Self.ask(InspectRetainedCommand.self, ["work/+", "--url", url]).lines.count == 2)
                let message = try await Self.ask(InspectRetainedCommand.self, ["work/0", "--url", url])
                #expect(message.lines.last?.split(separator: " ") == ["text", "x"])
                #expect(try await Self.ask(InspectStateCommand.self, ["--url", url]).json.count == 1)
                let report = try await Self.ask(InspectBrokerCommand.self, ["--url", url])
                #expect(report.lines.contains { $0.hasPrefix("sessions ") && $0.hasSuffix("1 of 1000000") })
            }
        }
    }

    @Test func whatIsDoneIsDone() async throws {
        try await Self.withAdmin { broker, url in
            var configuration = MQTTClientConfiguration(endpoint: broker.endpoint, clientIdentifier: "away")
            configuration.sessionExpiry = .seconds(3_600)
            try await MQTTClient.withConnection(configuration, logger: Self.logger) { client in
                _ = try await client.subscribe([MQTTSubscription("t", qos: .atLeastOnce)])
            }
            for arguments in [
                ["purge", "session", "away"], ["purge", "retained", "#"], ["kick", "away", "--end-session"],
            ] {
                var command = try InspectCommand.parseAsRoot(arguments + ["--url", url, "--json"])
                guard var asynchronous = command as? any AsyncParsableCommand else {
                    try command.run()
                    continue
                }
                try await asynchronous.run()
            }
            await #expect(throws: CommandFailure.self) {
                _ = try await Self.ask(InspectSessionCommand.self, ["away", "--url", url])
            }
        }
    }

    @Test func aPasswordComesFromAFileOrTheEnvironment() async throws {
        let authenticator: AdminAccess.Authenticator = { credentials in
            switch credentials {
            case .basic("ada", Array("s3cret".utf8)): BrokerOperator(userName: "ada", groups: ["admin"])
            case .bearer("token"): BrokerOperator(userName: "ben", groups: ["admin-read"])
            default: nil
            }
        }
        let path = NSTemporaryDirectory() + "martlet-password-\(UInt32.random(in: 0 ... .max))"
        try Data("s3cret\nmore\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Self.withAdmin(access: AdminAccess(authenticator: authenticator)) { (_, url) async throws in
            func mayLook(_ arguments: [String], _ environment: [String: String]) async throws -> Bool {
                let command = try #require(
                    try InspectStateCommand.parseAsRoot(arguments + ["--url", url]) as? InspectStateCommand
                )
                do {
                    _ = try await command.ask(command.options.client(environment: environment))
                    return true
                } catch is CommandFailure {
                    return false
                }
            }
            #expect(try await mayLook(["--username", "ada", "--password-file", path], [:]))
            #expect(try await mayLook(["--username", "ada"], ["MARTLET_PASSWORD": "s3cret"]))
            #expect(try await !mayLook(["--username", "ada"], ["MARTLET_PASSWORD": "wrong"]))
            #expect(try await mayLook([], ["MARTLET_TOKEN": "token"]))
            #expect(try await !mayLook([], [:]))
        }
    }

    @Test func anAddressHasItsPartsEncoded() {
        #expect(
            AdminClient.address("http://h:1/", ["v1", "groups", "$share/g/a b/#"], [("x", "1&2"), ("y", nil)])
                == "http://h:1/v1/groups/%24share%2Fg%2Fa%20b%2F%23?x=1%262"
        )
        #expect(AdminClient.address("http://h", ["v1", "sessions", ".."], []) == "http://h/v1/sessions/%2E%2E")
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous closure returns or throws.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
