import ArgumentParser

/// `martlet state`: looks into a state store, and changes it.
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Read, write, watch and copy what a state store holds.",
        discussion: """
            EXAMPLES:
              martlet state set greeting hello
              martlet state get greeting
              martlet state watch greeting --json
              martlet state scan orders/ --values
              martlet state export orders/ > orders.state
              martlet state import orders.state

            It asks the store of Martlet's broker, or any other store of the same protocol at the broker; scan, export, import's
            copies and everything about versions need Martlet's.

            EXIT CODES:
              0   done
              3   the key is not there, or the condition did not hold
              1   it failed; the reason is on standard error
              64  the command line was wrong
            """,
        subcommands: [
            StateGetCommand.self, StateSetCommand.self, StateDeleteCommand.self, StateWatchCommand.self,
            StateScanCommand.self, StateExportCommand.self, StateImportCommand.self, StateCountCommand.self,
        ]
    )
}
