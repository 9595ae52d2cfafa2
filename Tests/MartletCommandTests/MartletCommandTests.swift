import ArgumentParser
import Testing

@testable import MartletCommand

/// The command line as it is parsed; what the commands do with a broker is tested by `Tests/Interoperation`.
@Suite("Command line")
struct MartletCommandTests {
    private func exitCode(of arguments: [String]) -> Int32? {
        do {
            _ = try MartletCommand.parseAsRoot(arguments)
            return nil
        } catch {
            return MartletCommand.exitCode(for: error).rawValue
        }
    }

    @Test(
        "Wrong usage ends with 64",
        arguments: [
            ["pub", "-m", "x"], ["pub", "-t", "a"], ["pub", "-t", "a", "-m", "x", "--lines"],
            ["pub", "-t", "a/#", "-m", "x"],
            ["pub", "-t", "a", "-m", "x", "--qos", "3"], ["pub", "-t", "a", "-m", "x", "-P", "noequals"],
            ["pub", "-t", "a", "--lines", "--count", "2"], ["pub", "-t", "a", "-m", "x", "--rate", "0"],
            ["pub", "-t", "a", "-m", "x", "--port", "65536"], ["sub"], ["sub", "-t", "a", "--json", "--format", "x"],
            ["sub", "-t", "a", "--share", "a/b"], ["sub", "-t", "a", "--session", "5"],
            ["sub", "-t", "a", "--format", "{no}"],
            ["new"], ["new", "1st"], ["new", "orders", "--template", "none"], ["demo", "--messages", "0"],
            ["demo", "--replicas", "0"], ["nothing"], ["pub", "--nothing"],
        ]
    )
    func wrongUsage(arguments: [String]) {
        #expect(exitCode(of: arguments) == 64)
    }

    @Test(
        "Right usage is accepted",
        arguments: [
            ["pub", "-t", "a", "-m", ""], ["pub", "-t", "a", "--file", "-"],
            ["pub", "-t", "a", "--lines", "--file", "x"],
            [
                "pub", "-t", "a", "-m", "x", "-P", "a=b", "-P", "a=", "--expiry", "3", "--qos", "0", "--retain",
                "--json",
            ],
            ["sub", "-t", "a/+", "-t", "b/#", "--share", "g", "--count", "3"],
            ["sub", "-t", "a", "--id", "x", "--session", "9"],
            ["new", "cold-orders", "--template", "worker", "--path", "x"],
            ["demo", "--messages", "10", "--replicas", "2", "--seed", "1", "--no-chaos", "--json"],
        ]
    )
    func rightUsage(arguments: [String]) {
        #expect(exitCode(of: arguments) == nil)
    }

    @Test("Every command shows its help with examples", arguments: ["broker", "pub", "sub", "new", "demo"])
    func help(command: String) throws {
        let type = try #require(
            MartletCommand.configuration.subcommands.first { $0.configuration.commandName == command }
        )
        #expect(type.helpMessage().contains("EXAMPLES:"))
        #expect(MartletCommand.helpMessage().contains("  \(command) "))
    }

    @Test("What the demonstration starts is not shown")
    func hidden() {
        #expect(!MartletCommand.helpMessage().contains(DemoReplicaCommand.name))
    }
}
