import ArgumentParser

/// `martlet broker schema`: prints what may stand in a broker's file.
struct BrokerSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of the broker's file, for editors and checks."
    )

    func run() {
        Output.line(BrokerFile.schema)
    }
}
