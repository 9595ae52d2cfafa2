import ArgumentParser
import Logging
import MQTTClient
import MartletBroker
import StateStoreService

/// `martlet state-store`: our state store on a broker that has none.
struct StateStoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state-store",
        abstract: "Run the state store as a service on any MQTT 5 broker that has none.",
        discussion: """
            EXAMPLES:
              martlet state-store --data ./state --host broker.example
              martlet state-store --in-memory --unix /run/mosquitto.sock

            The Martlet broker has a state store already: there this is not needed. The service subscribes to the request topic of the \
            protocol, and answers when what it tells is on disk. Run one of it; its session on the broker keeps requests while it is away. \
            Notifications are published, so a client must be subscribed to its notification topic.

            EXIT CODES: 0 stopped by SIGINT or SIGTERM, with the answers of what was begun; 1 failed; 64 wrong usage.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(
        help: ArgumentHelp(
            "The directory that keeps the keys; made when it is missing.",
            valueName: "folder"
        )
    )
    var data: String?

    @Flag(name: .customLong("in-memory"), help: "Keep nothing: the keys are lost when the service ends.")
    var isInMemory = false

    @Flag(help: "Start although data is damaged: what is damaged is set aside and reported.")
    var acceptDataLoss = false

    func validate() throws {
        guard (data != nil) != isInMemory else {
            throw ValidationError("say where keys are kept: --data FOLDER, or --in-memory to keep none")
        }
    }

    func run() async throws {
        let logger = connection.logger(for: "state-store")
        var client = try connection.configuration(for: "state-store")
        client.clientIdentifier = connection.identifier ?? "martlet-state-store"
        client.sessionExpiry = .seconds(86_400)
        client.retriesFirstConnection = true
        var configuration = StateStoreServiceConfiguration(
            endpoint: client.endpoint,
            storage: data.map { .directory($0) } ?? .inMemory
        )
        configuration.client = client
        configuration.acceptsDataLoss = acceptDataLoss
        let endpoint = client.endpoint
        let service = StateStoreService(configuration: configuration, logger: logger)
        do {
            try await SignalledRun<Void>.run(logger: logger) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await service.run() }
                    group.addTask {
                        try await service.waitUntilServing()
                        Output.remark("The state store serves on \(endpoint)")
                    }
                    try await group.waitForAll()
                }
            }
        } catch let error as StateStoreServiceError {
            throw CommandFailure(error.description)
        } catch let error as BrokerError {
            throw CommandFailure(error.message)
        } catch let error as MQTTClientError {
            throw CommandFailure("\(error)")
        }
    }
}
