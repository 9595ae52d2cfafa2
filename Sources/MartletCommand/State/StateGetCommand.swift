import ArgumentParser
import StateStoreClient

/// `martlet state get`: prints a value.
struct StateGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print a value.",
        discussion: """
            Without --json, --hex or --base64 the bytes are printed as they are, with a line end behind them on a terminal only.
            EXIT CODES: 0 printed, 3 there is no such key, 1 it failed, 64 wrong usage.
            """
    )

    @OptionGroup
    var options: StateOptions

    @Argument(help: "The key.")
    var key: String

    func run() async throws {
        let name = try options.key(key)
        let options = options
        try await options.run { store in
            guard let entry = try await store.get(name) else {
                Output.remark("there is no key '\(options.notation.line(name.bytes))'")
                throw StateOptions.notThere
            }
            if options.json {
                let object = StateObject(
                    key: name,
                    value: entry.value,
                    version: entry.version,
                    notation: options.notation
                )
                Output.line(JSONLine.encode(object))
            } else if options.hex || options.base64 {
                Output.line(options.notation.line(entry.value))
            } else {
                Output.write(entry.value, to: 1)
                if Terminal.standardOutput.isInteractive { Output.write([10], to: 1) }
            }
        }
    }
}
