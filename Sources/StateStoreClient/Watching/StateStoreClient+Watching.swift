import Logging
import MQTTClient
import StateStore

extension StateStoreClient {
    /// Lets notifications come in, and asks the broker for those that are routed like other messages.
    ///
    /// Martlet's broker hands them straight to the session; a store beside a broker can only publish them.
    func attachWatches() async throws(StateStoreError) {
        do throws(MQTTClientError) {
            let identifier = try await self.clientIdentifier()
            try self.watches.attach(to: self.client, identifier: identifier)
            if self.watches.isSubscribed { return }
            let filter = WatchBook.notificationFilter(of: identifier)
            let subscription = MQTTSubscription(filter, qos: .atLeastOnce, retainHandling: .doNotSend)
            let codes = try await self.client.subscribe([subscription])
            // A broker that refuses may still have a store that hands them straight over.
            if codes.contains(where: \.isError) {
                self.logger.warning("the broker refused the subscription to notifications of the state store")
            }
            self.watches.noteSubscribed()
        } catch {
            let timeout = self.client.configuration.requestTimeout
            throw StateStoreError(error, timeout: timeout, isConnected: self.client.connection != nil)
        }
    }

    /// How long to wait before trying again.
    func pause(afterFailures failures: Int) -> Duration {
        let longest = Duration.milliseconds(100) * (1 << min(failures, 6))
        let part = Int64(self.client.configuration.randomness() % 1_000)
        return longest / 2 + longest / 2_000 * part
    }
}

extension StateStoreError {
    /// Whether it may go well in a while.
    var isTransient: Bool {
        switch self.code {
        case .timedOut, .outcomeUnknown, .connection, .quotaExceeded, .clockSkew: true
        default: false
        }
    }
}
