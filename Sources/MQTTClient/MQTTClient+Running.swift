public import Logging
import ServiceLifecycle

extension MQTTClient {
    /// Connects, resumes the session and comes back after each loss of the connection, until the client is closed.
    ///
    /// Graceful shutdown closes the client as ``close(endingSession:)`` with `false` does. Cancelling the task drops the
    /// connection at once without a word to the server, as a crash would.
    ///
    /// - Throws: ``MQTTClientError`` when the client can not go on: the session was taken over, the server refused
    ///   the client for good, the first connection failed and is not tried again; `CancellationError` when cancelled.
    public func run() async throws {
        let inbox = self.core.inbox
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await self.core.run()
            } onGracefulShutdown: {
                try? inbox.submit(.close(endingSession: false, sendingWill: false, nil))
            }
        } onCancel: {
            try? inbox.submit(.abort)
        }
    }

    /// Runs a client for as long as a closure runs, connected when the closure starts.
    ///
    /// - Parameters:
    ///   - configuration: What the client is told.
    ///   - logger: Where it logs.
    ///   - endingSession: Whether the session ends with the closure; otherwise the server keeps it.
    ///   - body: What to do with the client.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure or ``run()`` throws.
    public static func withConnection<Result: Sendable>(
        _ configuration: MQTTClientConfiguration,
        logger: Logger,
        endingSession: Bool = false,
        _ body: (MQTTClient) async throws -> Result
    ) async throws -> Result {
        let client = MQTTClient(configuration: configuration, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            do {
                try await client.waitUntilConnected()
                let result = try await body(client)
                await client.close(endingSession: endingSession)
                try await group.waitForAll()
                return result
            } catch {
                await client.close(endingSession: endingSession)
                throw error
            }
        }
    }

    /// Waits until there is a connection that the server took.
    ///
    /// - Returns: What the server said about it.
    /// - Throws: ``MQTTClientError`` when the client ended before, or the task was cancelled.
    @discardableResult
    public func waitUntilConnected() async throws(MQTTClientError) -> MQTTConnectionInformation {
        try await self.ask { number, reply in .awaitConnection(number: number, reply) }
    }

    /// Ends ``deliveries``: from now on no message is handed out.
    ///
    /// Messages that arrived and were not taken stay unacknowledged, so that the server hands them to others when
    /// the connection ends. Publishing, acknowledging and requests go on.
    public func stopReceiving() {
        self.deliveries.handoff.finish(discarding: true)
    }

    /// Says good-bye to the server, closes the connection and ends ``run()``.
    ///
    /// Acknowledgements given before are sent first, as far as their order allows. Publishes that wait fail with
    /// ``MQTTClientError/Code/closed``.
    ///
    /// - Parameters:
    ///   - endingSession: Whether the server forgets the session; otherwise it keeps it for
    ///     ``MQTTClientConfiguration/sessionExpiry``.
    ///   - sendingWill: Whether the server publishes the will, if there is one, as after a lost connection (MQTT 5.0 §3.14.2.1, 0x04); Martlet's
    ///     broker then also counts deliveries that were not acknowledged as attempts.
    public func close(endingSession: Bool, sendingWill: Bool = false) async {
        await withCheckedContinuation { waiter in
            do {
                try self.core.inbox.submit(.close(endingSession: endingSession, sendingWill: sendingWill, waiter))
            } catch {
                // It has ended already.
                waiter.resume()
            }
        }
    }

    /// Proves again who the client is, on the connection that there is (MQTT 5.0 §4.12.1): before a token expires, for example.
    ///
    /// It does not wait. Messages go on meanwhile; a server that does not accept the proof ends the connection. Without a connection, without
    /// ``MQTTClientConfiguration/authentication``, or while it is being done already, it does nothing.
    public func reauthenticate() {
        // One that has ended proves nothing any more.
        try? self.core.inbox.submit(.reauthenticate)
    }
}
