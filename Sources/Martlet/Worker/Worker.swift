public import Logging
import MQTTClient
import Metrics
public import ServiceLifecycle
import Synchronization
import Tracing

/// Takes messages from a broker, has handlers handle them on a pool of threads, and acknowledges each only after that.
///
/// Start the same program as often as you like: the replicas share the messages of their group, and each of
/// them may be killed at any time. A message whose handler had not returned comes again, here or elsewhere.
///
/// ```swift
/// let worker = try Worker(
///     configuration: WorkerConfiguration(name: "orders"),
///     handlers: [HandlerRegistration("orders/placed/+", handler: OrderHandler())],
///     logger: logger
/// )
/// try await ServiceGroup(services: [worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// ``WorkerApplication`` makes a whole program of it.
public final class Worker: Service, Sendable {
    /// What the worker was told.
    public let configuration: WorkerConfiguration

    let routes: RouteTable
    let logger: Logger
    private let hasRun = Atomic(false)

    /// Makes a worker; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: What the worker is told.
    ///   - handlers: The handlers with their filters; at least one.
    ///   - logger: Where it logs.
    /// - Throws: ``WorkerError`` when the configuration or the handlers contradict themselves or the protocol,
    ///   or when a guarantee is required that can not be given.
    public init(
        configuration: WorkerConfiguration,
        handlers: [HandlerRegistration],
        logger: Logger
    ) throws(WorkerError) {
        try configuration.validate()
        self.configuration = configuration
        self.routes = try RouteTable(handlers, configuration: configuration)
        self.logger = logger.naming("worker", configuration.name)
    }

    /// Works until graceful shutdown, then drains: takes nothing more, lets what runs finish within
    /// ``WorkerConfiguration/grace``, and leaves the rest to other replicas.
    ///
    /// The session stays with the broker, so that messages that nobody could take wait for the next replica
    /// with this name. Cancelling the task drops everything at once, as a crash would.
    ///
    /// - Throws: ``WorkerError`` when the worker can not start or go on, `CancellationError` when cancelled.
    public func run() async throws {
        guard !hasRun.exchange(true, ordering: .relaxed) else {
            throw WorkerError(.alreadyRunning, "a worker runs once; make a new one")
        }
        try await startHandlers()
        let run = try WorkerRun(worker: self)
        let result: Result<Void, any Error>
        do {
            try await run.run()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for route in routes.routes.reversed() { await route.registration.stop() }
        try result.get()
    }

    private func startHandlers() async throws {
        var started: [Route] = []
        for route in routes.routes {
            do {
                try await route.registration.start()
                started.append(route)
            } catch {
                for earlier in started.reversed() { await earlier.registration.stop() }
                throw WorkerError(
                    .handlerNotStarted,
                    "handler \(route.registration.name) did not start",
                    cause: error
                )
            }
        }
    }
}
