import ArgumentParser
import ServiceLifecycle
import StateStoreClient

/// `martlet state watch`: prints what becomes of a key.
struct StateWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print what a key has now, and each change.",
        discussion: """
            Ends with SIGINT or SIGTERM, or after --count lines. It survives reconnects; what changed meanwhile is read.
            With --prefix it tells which keys changed, without their values (Martlet's store).
            """
    )

    @OptionGroup
    var options: StateOptions

    @Argument(help: "The key, or with --prefix how the keys begin.")
    var key: String

    @Flag(help: "All keys that begin so.")
    var prefix = false

    @Option(help: ArgumentHelp("End after so many lines.", valueName: "lines"))
    var count: Int?

    func validate() throws {
        guard count ?? 1 >= 1 else { throw ValidationError("--count is at least 1") }
    }

    func run() async throws {
        let name = prefix ? StateStoreKey(try options.bytes(key, of: "prefix")) : try options.key(key)
        let command = self
        try await options.run { store in
            try await cancelWhenGracefulShutdown {
                if command.prefix {
                    try await command.follow(store.changes(prefix: name))
                } else {
                    try await command.follow(store.watch(name), name)
                }
            }
        }
    }

    private func follow(_ watch: StateStoreWatch, _ name: StateStoreKey) async throws {
        var left = count ?? .max
        for try await change in watch {
            print(name, change.value, change.version, event: change.value == nil ? "absent" : "set")
            left -= 1
            if left == 0 { return }
        }
    }

    private func follow(_ changes: StateStoreChanges) async throws {
        var left = count ?? .max
        for try await notice in changes {
            guard case .changed(let changed) = notice else {
                Output.remark("changes before this moment may not have been told")
                continue
            }
            for one in changed {
                print(one.key, nil, one.version, event: one.version == nil ? "absent" : "set")
                left -= 1
                if left == 0 { return }
            }
        }
    }

    private func print(_ key: StateStoreKey, _ value: [UInt8]?, _ version: StateStoreVersion?, event: String) {
        if options.json {
            let object = StateObject(
                key: key,
                value: value,
                version: version,
                event: event,
                notation: options.notation
            )
            Output.line(JSONLine.encode(object))
        } else {
            let parts = [event, version.map { "\($0)" } ?? "-", options.notation.line(key.bytes)]
            Output.line((parts + (value.map { [options.notation.line($0)] } ?? [])).joined(separator: "\t"))
        }
    }
}
