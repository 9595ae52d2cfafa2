import ArgumentParser

/// `martlet inspect`: looks into a running broker, sends clients away and takes messages away.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Look into a running broker, and act on it.",
        discussion: """
            EXAMPLES:
              martlet inspect broker
              martlet inspect sessions --connected true
              martlet inspect session worker-1
              martlet inspect backlog --watch 2
              martlet inspect subscriptions --topic orders/7
              martlet inspect retained 'devices/#' --json
              martlet inspect kick worker-1 --end-session
              martlet inspect purge group '$share/orders/orders/#'

            It asks the admin API, which the broker serves with --admin.

            EXIT CODES: 0 done; 1 it failed, or (health) the broker is not well; 64 wrong usage.
            """,
        subcommands: [
            InspectBrokerCommand.self, InspectSessionsCommand.self, InspectSessionCommand.self,
            InspectSubscriptionsCommand.self, InspectGroupsCommand.self, InspectGroupCommand.self,
            InspectBacklogCommand.self, InspectInflightCommand.self, InspectRetainedCommand.self,
            InspectStateCommand.self, InspectHealthCommand.self, InspectKickCommand.self, InspectPurgeCommand.self,
        ]
    )
}
