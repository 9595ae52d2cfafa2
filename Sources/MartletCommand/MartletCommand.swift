import ArgumentParser

/// The command line of Martlet: it parses, calls and prints, and decides nothing about messages.
///
/// Each subcommand has a folder of its own; `Options` holds what several share, `Terminal` what is known about the screen.
@main
struct MartletCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "Highly available workers over MQTT: the broker, its clients, a scaffold and a demonstration.",
        discussion: """
            EXAMPLES:
              martlet broker --data ./data              # a durable broker on 127.0.0.1:1883
              martlet sub -t 'orders/#'                 # print what arrives
              martlet pub -t orders/1 -m '{"item": 7}'  # publish one message
              martlet state get orders/count            # read a key of the state store
              martlet inspect backlog                   # what waits, in a broker started with --admin
              martlet new orders --template worker      # a worker service that builds and runs
              martlet demo                              # kill replicas and the broker; lose nothing

            EXIT CODES:
              0   done
              1   it failed; the reason is on standard error
              64  the command line was wrong
                  (a broker, a subscriber or a publisher that is stopped by SIGINT or SIGTERM ends in order, with 0)

            ENVIRONMENT:
              NO_COLOR  set to anything: no colours
            """,
        version: "0.1.0",
        subcommands: [
            BrokerCommand.self, PublishCommand.self, SubscribeCommand.self, NewCommand.self, DemoCommand.self,
            DemoReplicaCommand.self, StateCommand.self, StateStoreCommand.self, InspectCommand.self,
            PasswordCommand.self, CertificatesCommand.self,
        ]
    )
}
