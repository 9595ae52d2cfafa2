import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Runs work until it is done or the process is asked to stop.
///
/// SIGINT and SIGTERM begin a graceful shutdown, which the work sees as `ServiceLifecycle` shows it.
final class SignalledRun<Value: Sendable>: Service {
    private let body: @Sendable () async throws -> Value
    private let result = Mutex<Value?>(nil)

    private init(_ body: @escaping @Sendable () async throws -> Value) {
        self.body = body
    }

    func run() async throws {
        let value = try await body()
        result.withLock { $0 = value }
    }

    /// Runs the closure.
    ///
    /// - Parameters:
    ///   - logger: Where the service group logs.
    ///   - body: The work.
    /// - Returns: What the work returns.
    /// - Throws: What the work throws.
    static func run(logger: Logger, _ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        var quiet = logger
        quiet.logLevel = .critical
        let run = SignalledRun(body)
        let service = ServiceGroupConfiguration.ServiceConfiguration(
            service: run,
            successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .cancelGroup
        )
        let configuration = ServiceGroupConfiguration(
            services: [service],
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: quiet
        )
        try await ServiceGroup(configuration: configuration).run()
        guard let value = run.result.withLock({ $0 }) else { throw CancellationError() }
        return value
    }
}
