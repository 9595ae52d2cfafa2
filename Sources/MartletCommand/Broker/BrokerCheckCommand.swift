import ArgumentParser
import BrokerAdmin
import MartletBroker

/// `martlet broker check`: looks for mistakes in a file without starting anything.
struct BrokerCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for mistakes in a broker's file, without starting anything.",
        discussion: """
            Keys and values, the files that are named (readable, of the right kind, the key that of the certificate), addresses that are used \\
            twice, listeners that would let everybody in.

            EXIT CODES: 0 nothing is wrong; 1 each problem is on standard error, with its line where it has one.
            """
    )

    @Argument(help: ArgumentHelp("The file, YAML or JSON.", valueName: "path"))
    var file: String

    func run() async throws {
        var configuration = BrokerConfiguration()
        let content = try BrokerFile(path: file)
        try content.apply(to: &configuration)
        var problems = configuration.problems() + (await configuration.authenticationProblems())
        if configuration.operators == nil, let admin = content.admin {
            do throws(AdminError) {
                try admin.configuration.check()
            } catch {
                problems.append("admin: \(error.message)")
            }
        }
        guard problems.isEmpty else { throw CommandFailure(problems.map { "\(file): \($0)" }.joined(separator: "\n")) }
        for warning in configuration.warnings() { Output.remark("Warning: \(file): \(warning)") }
        Output.line("\(file): nothing is wrong")
    }
}
