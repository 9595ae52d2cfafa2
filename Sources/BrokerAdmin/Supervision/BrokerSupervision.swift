package import Logging
package import MartletBroker
import ServiceLifecycle

/// Tells systemd of a broker's life: ready, stopping, and signs of life for as long as the engine's loop turns.
package struct BrokerSupervision: Service {
    private let broker: Broker
    private let notifier: SystemdNotifier
    private let logger: Logger

    /// Makes it; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - broker: The broker it is about.
    ///   - notifier: Whom it tells.
    ///   - logger: Where it logs.
    package init(broker: Broker, notifier: SystemdNotifier, logger: Logger) {
        self.broker = broker
        self.notifier = notifier
        self.logger = logger
    }

    /// Tells until the graceful shutdown of its service group, or until it is cancelled.
    package func run() async throws {
        await withGracefulShutdownHandler {
            let broker = broker
            let notifier = notifier
            guard (try? await broker.waitUntilListening()) != nil else { return }
            notifier.ready("Serving")
            await signsOfLife()
        } onGracefulShutdown: {
            notifier.stopping()
        }
    }

    /// A sign every half of the time that is asked for; none while the loop does not turn, so that systemd restarts the service.
    private func signsOfLife() async {
        guard let watchdog = notifier.watchdog else { return }
        var wasAlive = true
        while !Task.isCancelled, broker.health.phase != .stopped {
            let isAlive = broker.health.isLive()
            if isAlive {
                notifier.isAlive()
            } else if wasAlive {
                logger.critical("The engine does not turn: systemd gets no sign of life any more")
            }
            wasAlive = isAlive
            try? await Task.sleep(for: watchdog / 2)
        }
    }
}
