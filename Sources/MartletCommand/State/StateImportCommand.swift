import ArgumentParser
import StateStoreClient

/// `martlet state import`: puts what was exported into a store.
struct StateImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Put the keys of an export into a store.",
        discussion: """
            Every key gets a new version. A file that is cut off or damaged is an error; what stood before it is written then.
            EXAMPLES:
              martlet state import all.state
              martlet state export --port 1883 | martlet state import --port 1884 --if-absent
            """
    )

    @OptionGroup
    var options: StateOptions

    @Argument(help: "The file; '-' is standard input.")
    var file = "-"

    @Flag(help: "Leave keys alone that are there already.")
    var ifAbsent = false

    func run() async throws {
        let (options, file, ifAbsent) = (options, file, ifAbsent)
        try await options.run { store in
            let input = try InputFile(path: file)
            var progress = CountLine("imported")
            let load = try await StateTransfer.load(into: store, ifAbsent: ifAbsent, progress: { progress.show($0) }) {
                try await input.nextLine().map { Array($0) }
            }
            progress.finish()
            if options.json { Output.line(JSONLine.encode(load)) }
            let skipped = load.skipped > 0 ? ", \(load.skipped) were there already" : ""
            Output.remark("\(load.written) keys imported\(skipped)")
        }
    }
}
