import ArgumentParser
import StateStoreClient

/// `martlet state export`: writes keys and values to a file.
struct StateExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all keys of a prefix with their values to a file (Martlet's store).",
        discussion: """
            The file is text, a JSON object a line, all bytes in Base64; 'martlet state import' reads it.
            What is written meanwhile may be in it or not. Expiry and fencing tokens are not in it.
            EXAMPLES:
              martlet state export > all.state
              martlet state export orders/ --output orders.state
            """
    )

    @OptionGroup
    var options: StateOptions

    @Argument(help: "How the keys begin; all keys without it.")
    var prefix = ""

    @Option(name: .shortAndLong, help: ArgumentHelp("The file (default: standard output).", valueName: "path"))
    var output: String?

    func run() async throws {
        let start = StateStoreKey(try options.bytes(prefix, of: "prefix"))
        let (options, output) = (options, output)
        try await options.run { store in
            var file = try OutputFile(path: output ?? "-")
            var progress = CountLine("exported")
            let count = try await StateTransfer.export(start, from: store, progress: { progress.show($0) }) { line in
                try file.write(line: line)
            }
            progress.finish()
            try file.finish()
            if options.json, output != nil { Output.line(StateExportLine.end(count)) }
            Output.remark("\(count) keys exported")
        }
    }
}
