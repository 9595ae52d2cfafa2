import ArgumentParser
import StateStoreClient

/// `martlet state delete`: deletes a key.
struct StateDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a key.",
        discussion: "EXIT CODES: 0 deleted, 3 not there or the condition did not hold, 1 it failed, 64 wrong usage."
    )

    @OptionGroup
    var options: StateOptions

    @Argument(help: "The key.")
    var key: String

    @Option(help: ArgumentHelp("Only if the key has this value.", valueName: "value"))
    var ifValue: String?

    @Option(help: ArgumentHelp("Only if the key has this version (Martlet's store).", valueName: "version"))
    var ifVersion: String?

    @Option(help: ArgumentHelp("The token that guards the key.", valueName: "version"))
    var fencingToken: String?

    func validate() throws {
        guard ifValue == nil || ifVersion == nil else {
            throw ValidationError("--if-value and --if-version do not go together")
        }
        _ = try StateOptions.version(ifVersion)
        _ = try StateOptions.version(fencingToken)
    }

    func run() async throws {
        let options = options
        let name = try options.key(key)
        let value = try ifValue.map { try options.bytes($0, of: "value") }
        let version = try StateOptions.version(ifVersion)
        let token = try StateOptions.version(fencingToken)
        try await options.run { store in
            let outcome =
                if let value { try await store.delete(name, ifValue: value, fencingToken: token) } else {
                    try await store.delete(name, ifVersion: version, fencingToken: token)
                }
            switch outcome {
            case .deleted(let version):
                if options.json { Output.line(JSONLine.encode(StateOutcome(applied: true, version: version))) }
            case .absent:
                if options.json { Output.line(JSONLine.encode(StateOutcome(applied: false, version: nil))) }
                Output.remark("there is no key '\(options.notation.line(name.bytes))'")
                throw StateOptions.notThere
            case .notDeleted(let version):
                if options.json { Output.line(JSONLine.encode(StateOutcome(applied: false, version: version))) }
                Output.remark("not deleted: the condition did not hold")
                throw StateOptions.notThere
            }
        }
    }
}
