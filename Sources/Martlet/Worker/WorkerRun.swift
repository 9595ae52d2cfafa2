import CoreMetrics
import Logging
import MQTTClient
import Metrics
import NIOCore
import ServiceLifecycle
import StateStoreClient
import Tracing

/// One run of a worker, from its connection to its good-bye.
struct WorkerRun: Sendable {
    /// Why a run comes to its end.
    enum End: Sendable {
        /// The service group shuts down gracefully: drain.
        case shutdown
        /// The task was cancelled: drop everything.
        case cancelled
        /// The client, or the taking of messages, can not go on.
        case failed(any Error)
    }

    let configuration: WorkerConfiguration
    let routes: RouteTable
    let logger: Logger
    let identity: WorkerIdentity
    let client: MQTTClient
    let store: StateStoreClient
    let ledger: StateLedger
    let ladder = Latch<Ladder>()
    let pool: ThreadPool
    let slots: SlotGate
    let metrics: WorkerMetrics
    let slotUse: SlotUse
    let processor: MessageProcessor
    let running = RunningMessages()
    let acknowledgements = HeldAcknowledgements()
    let stop: Latch<Void>
    let end = Latch<End>()
    let connected = Latch<MQTTConnectionInformation>()
    let time: WorkerTime
    // Held for its lifetime: the lock on the number goes with it.
    private let number: ReplicaNumber?

    /// Prepares everything that a run needs.
    ///
    /// - Parameter worker: The worker.
    /// - Throws: ``WorkerError`` when no replica identity can be had.
    init(worker: Worker) throws(WorkerError) {
        let configuration = worker.configuration
        self.configuration = configuration
        self.routes = worker.routes
        self.number = configuration.replica == nil ? try ReplicaNumber.take(worker: configuration.name) : nil
        let identity = WorkerIdentity(
            name: configuration.name,
            replica: configuration.replica ?? number?.replica ?? "0"
        )
        self.identity = identity
        let logger = worker.logger.naming("replica", identity.replica)
        self.logger = logger
        self.time = WorkerTime(clock: configuration.clock)
        self.stop = Latch()
        let factory = configuration.metricsFactory ?? MetricsSystem.factory
        let metrics = WorkerMetrics(worker: configuration.name, factory: factory)
        self.metrics = metrics
        self.slotUse = SlotUse(gauge: metrics.slotsUsed)
        let pool = ThreadPool(threads: configuration.threads, name: "martlet")
        self.pool = pool
        self.slots = SlotGate(slots: configuration.effectiveSlots)
        let client = MQTTClient(
            configuration: Self.clientConfiguration(configuration, identity: identity),
            logger: logger
        )
        self.client = client
        let store = StateStoreClient(client: client, logger: logger)
        self.store = store
        self.ledger = Self.ledger(
            configuration,
            identity: identity,
            store: store,
            // As the client's, its waits are no business of a test's clock.
            time: WorkerTime(clock: ContinuousClock()),
            metrics: StateMetrics(worker: configuration.name, factory: factory),
            logger: logger
        )
        self.processor = MessageProcessor(
            identity: identity,
            time: time,
            randomness: configuration.randomness,
            deadLetterPrefix: { configuration.deadLetterPrefix(group: $0) },
            stop: stop,
            overdue: HeldThreadWatch(
                pool: pool,
                slots: configuration.effectiveSlots,
                metrics: metrics,
                logger: logger
            ) { [end] in end.set(.failed($0)) }.follow,
            onStep: configuration.onStep,
            metrics: Self.counters(of: worker, factory: factory),
            logger: logger,
            tracer: configuration.tracer ?? InstrumentationSystem.tracer,
            publish: { message in _ = try await client.publish(message) }
        )
    }

    private static func counters(of worker: Worker, factory: any MetricsFactory) -> [UInt32: HandlerMetrics] {
        let pairs = worker.routes.routes.map { route in
            let name = route.registration.name
            return (
                route.identifier,
                HandlerMetrics(worker: worker.configuration.name, handler: name, factory: factory)
            )
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private static func clientConfiguration(
        _ configuration: WorkerConfiguration,
        identity: WorkerIdentity
    ) -> MQTTClientConfiguration {
        var client = MQTTClientConfiguration(
            endpoint: configuration.broker,
            clientIdentifier: identity.description
        )
        client.sessionExpiry = configuration.sessionExpiry
        client.keepAlive = configuration.keepAlive
        client.receiveMaximum = configuration.effectiveSlots
        client.maximumPacketSize = configuration.maximumPacketSize
        client.username = configuration.username
        client.password = configuration.password.map { ByteBuffer(string: $0) }
        client.backoff = configuration.backoff
        client.userProperties = configuration.asksForExtension ? [extensionProperty] : []
        return client
    }
}
