import ArgumentParser
import StateStoreClient

/// `martlet state scan`: lists keys.
struct StateScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "List the keys that begin with a prefix (Martlet's store).",
        discussion: """
            A line a key: version, key and, with --values, value, separated by tabs; the order is the store's own.
            EXAMPLES:
              martlet state scan
              martlet state scan orders/ --values --json
            """
    )

    @OptionGroup
    var options: StateOptions

    @Argument(help: "How the keys begin; all keys without it.")
    var prefix = ""

    @Flag(help: "Print the values, too.")
    var values = false

    @Option(help: ArgumentHelp("Only what was written after this version.", valueName: "version"))
    var since: String?

    @Option(help: ArgumentHelp("At most so many keys.", valueName: "keys"))
    var limit: Int?

    func validate() throws {
        guard limit ?? 1 >= 1 else { throw ValidationError("--limit is at least 1") }
        _ = try StateOptions.version(since)
    }

    func run() async throws {
        let start = StateStoreKey(try options.bytes(prefix, of: "prefix"))
        let since = try StateOptions.version(since)
        let (options, values, limit) = (options, values, limit)
        try await options.run { store in
            var left = limit ?? .max
            try await StateTransfer.forEach(start, in: store, withValues: values, since: since) { item in
                if options.json {
                    let object = StateObject(
                        key: item.key,
                        value: item.value,
                        version: item.version,
                        notation: options.notation
                    )
                    Output.line(JSONLine.encode(object))
                } else {
                    let parts = ["\(item.version)", options.notation.line(item.key.bytes)]
                    let value = item.value.map { [options.notation.line($0)] } ?? []
                    Output.line((parts + value).joined(separator: "\t"))
                }
                left -= 1
                return left > 0
            }
        }
    }
}
