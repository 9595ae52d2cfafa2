import Logging
import MQTTPackets
import MQTTSessions
import MQTTTransport
import NIOCore
import Synchronization

extension ClientCore {
    /// Connects again and again until the client stops.
    func run() async throws {
        if self.hasRun { throw MQTTClientError(.alreadyRunning, "a client runs once") }
        self.hasRun = true
        if let error = self.configuration.problem, self.stop == nil { self.stop = .failed(error) }
        while self.stop == nil {
            let end = await withCheckedContinuation { self.connect($0) }
            if self.stop != nil { break }
            if end.isFatal || !(self.hasSession || self.configuration.retriesFirstConnection) {
                self.stop = .failed(end.error)
                break
            }
            let delay = self.backoff.next(random: self.configuration.randomness())
            self.logRetry(after: end, in: delay)
            await self.pause(delay)
        }
        let stop = self.stop ?? .closed
        self.finish(stop)
        switch stop {
        case .closed: return
        case .aborted: throw CancellationError()
        case .failed(let error):
            self.logger.error("the client can not go on", metadata: ["reason": "\(error)"])
            throw error
        }
    }

    /// Says that another connection is made.
    ///
    /// Who never had one is not told by an event, so it is said louder, now and then.
    private func logRetry(after end: ConnectionEnd, in delay: Duration) {
        let attempts = self.backoff.attempts
        let isFirst = attempts == 1 || attempts.isMultiple(of: 20)
        self.logger.log(
            level: !self.hasSession && isFirst ? .warning : .info,
            self.hasSession ? "connection ended, trying again" : "no connection yet, trying again",
            metadata: ["reason": "\(end.error)", "delay": "\(delay)", "attempt": "\(attempts)"]
        )
    }

    private func connect(_ waiter: CheckedContinuation<ConnectionEnd, Never>) {
        self.connectionNumber += 1
        self.phase = .opening
        self.connectionWaiter = waiter
        self.phaseDeadline = self.clock.now() + self.configuration.connectTimeout
        let number = self.connectionNumber
        self.connectionTask = Task { [eventLoop = self.eventLoop, configuration = self.configuration] in
            do {
                try await ClientConnection.open(
                    number,
                    to: configuration.endpoint.transport,
                    through: configuration.endpoint.stack,
                    on: eventLoop,
                    timeout: TimeAmount(configuration.connectTimeout),
                    limits: configuration.packetLimits,
                    receiver: self
                )
            } catch {
                self.failedToOpen(error, number)
            }
        }
        self.armTimer()
    }

    private func failedToOpen(_ error: any Error, _ number: UInt64) {
        guard number == self.connectionNumber else { return }
        let end = MQTTClientError(
            .connectionFailed,
            "cannot connect to \(self.configuration.endpoint)",
            cause: error
        )
        self.connectionEnded(ConnectionEnd(end))
        self.endTurn()
    }

    private func pause(_ delay: Duration) async {
        guard self.stop == nil, delay > .zero else { return }
        await withCheckedContinuation { waiter in
            self.pauseEnd = self.clock.now() + delay
            self.pauseWaiter = waiter
            self.armTimer()
        }
    }

    func endPause() {
        self.pauseEnd = nil
        let waiter = self.pauseWaiter
        self.pauseWaiter = nil
        waiter?.resume()
    }

    func awaitConnection(_ number: UInt64, _ reply: Reply<MQTTConnectionInformation>) {
        if let information = self.information.withLock({ $0 }) {
            self.turn.answers.append(.connection(reply, .success(information)))
        } else {
            self.connectionAwaiters[number] = reply
        }
    }

    /// Says good-bye, if there is somebody to say it to, and stops.
    func close(endingSession: Bool, sendingWill: Bool, _ waiter: CheckedContinuation<Void, Never>?) {
        if let waiter { self.closeWaiters.append(waiter) }
        if self.stop == nil { self.stop = .closed }
        let end = ConnectionEnd(ClientStop.closed.error)
        switch self.phase {
        case .connected(let connection):
            self.sendAcknowledgements()
            let reason = sendingWill ? ReasonCode.disconnectWithWill : .normalDisconnection
            self.leave(connection, reason, endingSession: endingSession, end)
            return
        case .leaving: return
        case .idle: if self.hasRun { self.endPause() } else { self.finish(.closed) }
        case .opening: self.connectionEnded(end)
        case .greeting(let connection):
            // The server may know the session already, but nothing can be said before its CONNACK.
            self.connectionEnded(end)
            connection.close()
        case .finished: self.answerClosers()
        }
        if endingSession {
            self.logger.info("closed without a connection: the server keeps its session until it expires")
        }
    }

    /// Drops everything, as a crash would.
    func abort() {
        if self.stop == nil { self.stop = .aborted }
        let end = ConnectionEnd(ClientStop.aborted.error)
        switch self.phase {
        case .idle: self.endPause()
        case .opening: self.connectionEnded(end)
        case .greeting(let connection), .connected(let connection), .leaving(let connection, _):
            self.connectionEnded(end)
            connection.close()
        case .finished: break
        }
    }

    private func finish(_ stop: ClientStop) {
        self.phase = .finished
        self.timer?.cancel()
        let error = stop.error
        let rest = self.inbox.end(error)
        for command in rest.commands { self.refuse(command, error) }
        self.failPublishes(error)
        self.fail(self.subscriptions.removeAll(), error)
        self.failRequests(error)
        for reply in self.connectionAwaiters.values { self.turn.answers.append(.connection(reply, .failure(error))) }
        self.connectionAwaiters = [:]
        self.endTurn()
        self.deliveries.finish(discarding: false)
        self.events.finish(discarding: false)
        self.answerClosers()
    }

    private func answerClosers() {
        for waiter in self.closeWaiters { waiter.resume() }
        self.closeWaiters = []
    }

    private func refuse(_ command: ClientCommand, _ error: MQTTClientError) {
        switch command {
        case .publish(let operation): self.answer(operation, .failure(error))
        case .subscription(let operation): self.fail([operation], error)
        case .request(let operation): self.turn.answers.append(.request(operation.reply, .failure(error)))
        case .awaitConnection(_, let reply): self.turn.answers.append(.connection(reply, .failure(error)))
        case .close(_, _, let waiter): if let waiter { self.closeWaiters.append(waiter) }
        case .cancel, .reauthenticate, .abort: break
        }
    }
}
