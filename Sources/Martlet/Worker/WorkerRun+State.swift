import CoreMetrics
import Logging
import MQTTClient
import SQLiteCheckpoint
import StateStoreClient

/// What the state of a worker stands on, and at which guarantee level.
extension WorkerRun {
    /// What a run found that its broker and its store can do.
    enum Ladder: Sendable {
        case atomic
        case deduplicated
        case standard

        /// The guarantee level of it.
        var level: GuaranteeLevel {
            switch self {
            case .atomic: .atomic
            case .deduplicated: .deduplicated
            case .standard: .standard
            }
        }
    }

    /// The user property by which a session asks for Martlet's extension, and by which a broker confirms it.
    static let extensionProperty = MQTTUserProperty("martlet", "1")

    /// How long to wait before a store is looked for again.
    private static let probePause = Duration.milliseconds(200)

    /// Makes the ledger of a run.
    static func ledger(
        _ configuration: WorkerConfiguration,
        identity: WorkerIdentity,
        store: StateStoreClient,
        time: WorkerTime,
        metrics: StateMetrics,
        logger: Logger
    ) -> StateLedger {
        StateLedger(
            port: store,
            root: configuration.stateRoot ?? configuration.name,
            replica: "\(identity)",
            seedingPatience: configuration.seedingPatience,
            quotaPatience: configuration.quotaPatience,
            memoryBytes: configuration.stateMemory,
            checkpoint: checkpoint(configuration, identity: identity, metrics: metrics, logger: logger),
            time: time,
            randomness: configuration.randomness,
            metrics: metrics,
            logger: logger
        )
    }

    private static func checkpoint(
        _ configuration: WorkerConfiguration,
        identity: WorkerIdentity,
        metrics: StateMetrics,
        logger: Logger
    ) -> SQLiteCheckpoint? {
        guard let directory = configuration.stateDirectory else { return nil }
        var options = CheckpointOptions()
        options.maximumBytes = configuration.checkpointSize
        do {
            return try SQLiteCheckpoint(path: "\(directory)/\(identity).sqlite", options: options) { damage in
                metrics.checkpointsDamaged.increment()
                logger.error(
                    "The checkpoint of the state is damaged; it is set aside and built anew",
                    metadata: ["reason": "\(damage.reason)", "path": "\(damage.path)"]
                )
            }
        } catch {
            logger.warning("The worker goes without a checkpoint of its state", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Hears at once of each connection that is made and lost, before anything of it is worked on.
    ///
    /// - Returns: What ends it.
    func observeConnections() -> MQTTListening? {
        let (ledger, ladder, end) = (ledger, ladder, end)
        return try? client.observeEvents { event in
            switch event {
            case .connected(let information):
                let isExtended = information.userProperties.contains(Self.extensionProperty)
                if ladder.value == .atomic, !isExtended {
                    end.set(.failed(WorkerError(.guaranteeNotMet, "the broker does not offer level A any more")))
                }
                ledger.connected()
            case .disconnected: ledger.disconnected()
            default: break
            }
        }
    }

    /// Finds out which guarantee the broker and the store can give, says so, and refuses to go on with less than is required.
    ///
    /// - Parameter information: What the broker said when it took the connection.
    /// - Throws: ``WorkerError`` when it is not enough.
    func climb(_ information: MQTTConnectionInformation) async throws(WorkerError) {
        let found = await probe(information)
        guard found.level >= configuration.require else {
            throw WorkerError(
                .guaranteeNotMet,
                "level \(configuration.require.letter) is required, and \(configuration.broker) gives level \(found.level): "
                    + Self.advice(configuration.require)
            )
        }
        ladder.set(found)
        logger.notice("Guarantee level \(found.level)", metadata: ["broker": "\(configuration.broker)"])
    }

    private func probe(_ information: MQTTConnectionInformation) async -> Ladder {
        if information.userProperties.contains(Self.extensionProperty) { return .atomic }
        let clock = WorkerTime(clock: ContinuousClock())
        let deadline = clock.now + store.configuration.probeTimeout
        while stop.value == nil {
            do {
                if try await store.capabilities().hasStore { return .deduplicated }
                // Whoever needs a store may have been started before it, and gives it that time.
                guard configuration.require > .standard, clock.now < deadline else { return .standard }
                guard await stop.wait(atMost: Self.probePause, by: clock) == nil else { break }
            } catch {
                logger.warning(
                    "The broker was not asked for a state store; trying again",
                    metadata: ["error": "\(error)"]
                )
                guard await stop.wait(atMost: Self.probePause, by: clock) == nil else { break }
            }
        }
        return .standard
    }

    private static func advice(_ level: GuaranteeLevel) -> String {
        level == .atomic
            ? "use Martlet's broker, or require less"
            : "run `martlet state-store` beside the broker, use Martlet's broker, or require less"
    }

    /// What settles the handling of a message, at the level that was found.
    ///
    /// - Parameter message: The message as it arrived.
    /// - Returns: It.
    func settlement(of message: MQTTMessage) -> any MessageSettlement {
        switch ladder.value {
        case .atomic: AtomicSettlement(ledger: ledger, processor: processor, message: message)
        case .deduplicated:
            DeduplicatedSettlement(
                ledger: ledger,
                processor: processor,
                identifier: message.properties.userProperty(configuration.messageIdentifierProperty)
            )
        case .standard, nil:
            StandardSettlement(
                processor: processor,
                messageIdentifier: message.properties.userProperty(configuration.messageIdentifierProperty),
                reason: "there is no state store: use Martlet's broker, or run `martlet state-store` beside this one"
            )
        }
    }
}
