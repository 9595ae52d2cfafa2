import MQTTPackets
import MQTTSessions
import MQTTTransport

extension ClientCore {
    /// Sees to it that the client wakes up when the next thing is due: one timer for all of them.
    func armTimer() {
        guard let next = self.nextDeadline else { return }
        // A timer that goes off early finds nothing to do and is set again: cheaper than to set it with each packet.
        if let armed = self.timerDeadline, armed <= next { return }
        self.timer?.cancel()
        self.timerDeadline = next
        self.timerNumber += 1
        let number = self.timerNumber
        let delay = next - self.clock.now()
        self.timer = Task { [weak self, clock = self.clock] in
            do {
                if delay > .zero { try await clock.sleep(delay) }
            } catch {
                return
            }
            await self?.timerFired(number)
        }
    }

    private var nextDeadline: Duration? {
        if case .finished = self.phase { return nil }
        var next: Duration?
        for deadline in [
            self.phaseDeadline, self.pauseEnd, self.keepAlive?.deadline, self.earliestPublishDeadline,
            self.subscriptions.earliestDeadline, self.requests.earliestDeadline,
        ] {
            guard let deadline else { continue }
            next = min(next ?? deadline, deadline)
        }
        return next
    }

    private func timerFired(_ number: UInt64) {
        guard number == self.timerNumber else { return }
        self.timerDeadline = nil
        let now = self.clock.now()
        if let deadline = self.phaseDeadline, deadline <= now { self.phaseIsLate() }
        if let end = self.pauseEnd, end <= now { self.endPause() }
        self.watchKeepAlive(now)
        self.expirePublishes(now)
        self.expireSubscriptions(now)
        self.expireRequests(now)
        self.endTurn()
    }

    private func phaseIsLate() {
        let late = MQTTClientError(
            .connectionFailed,
            "no connection to \(self.configuration.endpoint) within \(self.configuration.connectTimeout)"
        )
        switch self.phase {
        case .opening: self.connectionEnded(ConnectionEnd(late))
        case .greeting(let connection):
            self.connectionEnded(ConnectionEnd(late))
            connection.close()
        case .leaving(let connection, let end):
            self.connectionEnded(end)
            connection.close()
        case .idle, .connected, .finished: break
        }
    }

    private func watchKeepAlive(_ now: Duration) {
        guard case .connected(let connection) = self.phase, var keepAlive = self.keepAlive else { return }
        let action = keepAlive.act(at: now)
        self.keepAlive = keepAlive
        switch action {
        case .wait: break
        case .ping: self.write(.pingreq)
        case .giveUp:
            let message = "the server did not answer a ping within \(self.configuration.pingTimeout)"
            self.connectionEnded(ConnectionEnd(MQTTClientError(.connectionFailed, message)))
            connection.close()
        }
    }
}
