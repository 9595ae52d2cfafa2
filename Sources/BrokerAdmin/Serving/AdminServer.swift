import Hummingbird
import HummingbirdCore
package import Logging
package import MartletBroker
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves the admin API of a broker, on threads that are not the broker's: it answers while the broker reads its journal, and when its loop does not turn.
package final class AdminServer: Service, Sendable {
    private let broker: Broker
    private let configuration: AdminConfiguration
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var port: Int?
        var error: (any Error)?
        var isOver = false
        var waiting: [CheckedContinuation<Int, any Error>] = []
    }

    /// Makes a server; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - broker: The broker that it is about; it may be started later.
    ///   - configuration: How it is set up.
    ///   - logger: Where it logs.
    /// - Throws: ``AdminError`` with the code `configuration` for an address that anybody reaches and nobody guards.
    package init(broker: Broker, configuration: AdminConfiguration, logger: Logger) throws(AdminError) {
        try configuration.check()
        self.broker = broker
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until the graceful shutdown of its service group, or until it is cancelled.
    ///
    /// - Throws: ``AdminError`` with the code `bind` when the address cannot be listened on.
    package func run() async throws {
        do {
            // Loops that never end: hummingbird may still ask them for something when it has come back.
            try await application(on: MultiThreadedEventLoopGroup.singleton).run()
            finish(nil)
        } catch  where Task.isCancelled {
            finish(nil)
        } catch {
            let told = AdminError(
                .bind,
                "The admin API cannot listen on \(configuration.host):\(configuration.port) (\(error)).",
                cause: error
            )
            finish(told)
            throw told
        }
    }

    private func application(on group: MultiThreadedEventLoopGroup) -> some ApplicationProtocol {
        let limits = configuration.limits
        let routes = AdminRoutes(
            broker: broker,
            configuration: configuration,
            gate: RequestGate(limit: limits.requests)
        )
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        return Application(
            router: routes.router(),
            server: .http1(
                configuration: .init(
                    idleTimeout: limits.idleTimeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerBytes,
                        maxHeaderListSize: limits.headerBytes,
                        maxHeaderFieldCount: 100
                    )
                )
            ),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)
            ),
            onServerRunning: { [self] channel in listens(channel.localAddress?.port ?? configuration.port) },
            eventLoopGroupProvider: .shared(group),
            logger: quiet
        )
    }

    private func listens(_ port: Int) {
        logger.info("The admin API listens", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
        if configuration.access.authenticator == nil {
            logger.warning("Whoever is on this machine may use the admin API: it has no authentication")
        }
        let waiting = state.withLock { state in
            state.port = port
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume(returning: port) }
    }

    private func finish(_ error: (any Error)?) {
        let waiting = state.withLock { state in
            state.isOver = true
            state.error = error
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume(throwing: error ?? AdminError(.unavailable, "The admin API was stopped.")) }
    }

    /// Waits until it listens.
    ///
    /// - Returns: The port.
    /// - Throws: ``AdminError`` when it could not start, or was stopped.
    package func waitUntilListening() async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let result: Result<Int, any Error>? = state.withLock { state in
                if state.isOver {
                    return .failure(state.error ?? AdminError(.unavailable, "The admin API was stopped."))
                }
                if let port = state.port { return .success(port) }
                state.waiting.append(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
