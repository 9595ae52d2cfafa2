import ArgumentParser

/// `martlet broker`: runs the broker, and what belongs to its file.
struct BrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Run the MQTT 5 broker (it serves 3.1.1 clients too).",
        discussion: """
            EXAMPLES:
              martlet broker --data ./data          # durable, on 127.0.0.1:1883
              martlet broker --config broker.yaml   # everything else
              martlet broker check broker.yaml      # is the file right?
              martlet broker run --help             # all flags and limits
            """,
        subcommands: [BrokerRunCommand.self, BrokerCheckCommand.self, BrokerSchemaCommand.self],
        defaultSubcommand: BrokerRunCommand.self
    )
}
