import ArgumentParser
import StateStoreClient

/// `martlet state set`: writes a value.
struct StateSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Write a value.",
        discussion: """
            EXAMPLES:
              martlet state set greeting hello
              martlet state set image --file picture.png
              martlet state set lock me --if-absent --expires 30
              martlet state set --hex 6b6579 00ff

            Prints the version of the write.
            EXIT CODES: 0 written, 3 the condition did not hold, 1 it failed, 64 wrong usage.
            """
    )

    @OptionGroup
    var options: StateOptions

    @Argument(help: "The key.")
    var key: String

    @Argument(help: "The value.")
    var value: String?

    @Option(help: ArgumentHelp("A file that is the value, as it is; '-' is standard input.", valueName: "path"))
    var file: String?

    @Flag(help: "Only if there is no such key.")
    var ifAbsent = false

    @Flag(help: "Only if there is no such key, or it has this value already.")
    var ifAbsentOrEqual = false

    @Option(help: ArgumentHelp("Only if the key has this version (Martlet's store).", valueName: "version"))
    var ifVersion: String?

    @Option(help: ArgumentHelp("The key is deleted after so long.", valueName: "seconds"))
    var expires: Double?

    @Option(help: ArgumentHelp("The token that guards the key.", valueName: "version"))
    var fencingToken: String?

    @Flag(help: "Ask a store that keeps keys in memory only to keep this one on disk.")
    var persist = false

    func validate() throws {
        guard (value == nil) != (file == nil) else { throw ValidationError("give either a value or --file") }
        guard (ifAbsent ? 1 : 0) + (ifAbsentOrEqual ? 1 : 0) + (ifVersion == nil ? 0 : 1) <= 1 else {
            throw ValidationError("give at most one of --if-absent, --if-absent-or-equal and --if-version")
        }
        guard expires.map({ $0 > 0 && $0 < 1e11 }) ?? true else { throw ValidationError("--expires is more than 0") }
        _ = try StateOptions.version(ifVersion)
        _ = try StateOptions.version(fencingToken)
    }

    private var condition: StateStoreCondition {
        get throws {
            if ifAbsent { return .absent }
            if ifAbsentOrEqual { return .absentOrEqual }
            return try StateOptions.version(ifVersion).map { .version($0) } ?? .always
        }
    }

    func run() async throws {
        let name = try options.key(key)
        let content =
            if let file { try InputFile(path: file).readAll() } else { try options.bytes(value ?? "", of: "value") }
        let condition = try condition
        let token = try StateOptions.version(fencingToken)
        let lifetime = expires.map { Duration.milliseconds(Int64(($0 * 1_000).rounded(.up))) }
        let (options, persist) = (options, persist)
        try await options.run { store in
            let outcome = try await store.set(
                name,
                Array(content),
                if: condition,
                expiresIn: lifetime,
                fencingToken: token,
                persist: persist
            )
            switch outcome {
            case .applied(let version):
                let result = StateOutcome(applied: true, version: version)
                Output.line(options.json ? JSONLine.encode(result) : "\(version)")
            case .notApplied(let version):
                if options.json { Output.line(JSONLine.encode(StateOutcome(applied: false, version: version))) }
                Output.remark("not written: the condition did not hold\(version.map { " (version \($0))" } ?? "")")
                throw StateOptions.notThere
            }
        }
    }
}
