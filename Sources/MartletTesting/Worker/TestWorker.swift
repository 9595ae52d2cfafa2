public import Logging
public import Martlet
import ServiceLifecycle

/// A worker in the process of the test, that can be killed at a chosen point and be stopped as SIGTERM stops it.
///
/// ```swift
/// var configuration = WorkerConfiguration(name: "orders")
/// configuration.broker = broker.endpoint
/// configuration.replica = "0"
/// let worker = try TestWorker(configuration, handlers: handlers)
/// worker.start()
/// await worker.crash(at: .beforeAcknowledgement)   // the message comes again
/// let next = try TestWorker(configuration, handlers: handlers)
/// ```
public final class TestWorker: Sendable {
    /// What it was told.
    public let configuration: WorkerConfiguration
    private let group: ServiceGroup
    private let crashes: Crashes

    /// Makes a worker; ``start()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: What the worker is told. Without a replica name it is the replica `0`.
    ///   - handlers: The handlers with their filters.
    ///   - logger: Where it logs; nowhere by default.
    /// - Throws: `WorkerError` when the configuration or the handlers are not valid.
    public init(
        _ configuration: WorkerConfiguration,
        handlers: [HandlerRegistration],
        logger: Logger = Logger(label: "martlet.testing", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws {
        let crashes = Crashes()
        var configuration = configuration
        configuration.replica = configuration.replica ?? "0"
        configuration.onStep = { await crashes.pass($0) }
        self.configuration = configuration
        self.crashes = crashes
        let worker = try Worker(configuration: configuration, handlers: handlers, logger: logger)
        self.group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [worker],
                logger: Logger(label: "martlet.testing", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
    }

    /// Runs the worker, until it is stopped, killed, or can not go on.
    public func start() {
        crashes.begin { [group] in try await group.run() }
    }

    /// Stops the worker as SIGTERM does, and waits until it has drained.
    ///
    /// - Throws: `WorkerError` when it could not go on before that.
    public func stop() async throws {
        await group.triggerGracefulShutdown()
        try await crashes.end()
    }

    /// Waits until the worker has ended by itself.
    ///
    /// - Throws: `WorkerError` with the reason.
    public func waitUntilEnded() async throws {
        try await crashes.end()
    }

    /// Kills the worker, as kill -9 would: nothing is acknowledged or said to the broker any more.
    ///
    /// Returns when it is dead: for a point other than `now`, when a message has come to it.
    ///
    /// - Parameter point: The instant.
    public func crash(at point: WorkerCrashPoint = .now) async {
        await crashes.crash(at: point)
    }
}
