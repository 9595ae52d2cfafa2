import BrokerEngine
import Journal
import MQTTPackets
import MQTTTransport
import NIOCore

/// What operators ask and do, on the loop.
extension BrokerShell {
    // MARK: Asking

    func report(_ session: InspectedSession, at now: EngineTime) -> SessionReport {
        let place = session.live.map { Int($0.handle.index) }
        let origin = place.flatMap { $0 < connections.count ? connections[$0]?.origin : nil }
        return SessionReport(
            session,
            now: now,
            listener: origin?.listener.map { listeners[$0].configuration.name },
            peer: origin?.peer.flatMap(Self.text)
        )
    }

    /// An address as people write it: `192.0.2.1:1234`, `[2001:db8::1]:1234`; nil where there is none.
    private static func text(_ address: SocketAddress) -> String? {
        guard let host = address.ipAddress, let port = address.port else { return nil }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    func reportState() -> StateReport {
        let statistics = engine.statistics
        return StateReport(
            keys: statistics.stateKeys,
            bytes: statistics.stateBytes,
            keyLimit: engine.configuration.limits.stateKeys,
            byteLimit: engine.configuration.limits.stateBytes,
            requests: statistics.stateRequests,
            requestsRefused: statistics.stateRequestsRefused,
            expired: statistics.stateExpired,
            commits: statistics.commits,
            commitsRefused: statistics.commitsRefused,
            isWatched: engine.inspectBroker().hasStateWatches
        )
    }

    func reportBroker() -> BrokerReport {
        let broker = engine.inspectBroker()
        let statistics = broker.statistics
        var counters: [String: UInt64] = [:]
        for figure in BrokerFigure.all where figure.kind == .counter {
            counters[figure.name] = figure.value(statistics)
        }
        return BrokerReport(
            version: broker.version,
            uptime: Int((broker.now.milliseconds - broker.startedAt.milliseconds) / 1_000),
            startedAt: Int(broker.startedAt.milliseconds / 1_000),
            counters: counters,
            limits: usage(broker),
            groups: broker.groups,
            subscriptions: statistics.subscriptions,
            connectedClients: statistics.connectedClients,
            maximumClients: statistics.maximumClients,
            journal: journal.map { journal in
                BrokerReport.Journal(
                    bytes: broker.journalBytes,
                    liveBytes: broker.journalLiveBytes,
                    pages: broker.journalPages,
                    unwrittenBytes: engine.openPageBytes,
                    freeBytes: journal.freeBytes,
                    isRefusing: broker.isRefusing
                )
            },
            recovery: recovery.map { BrokerReport.Recovery($0) }
        )
    }

    /// How full what has a limit is, by the name that the limit has in settings.
    private func usage(_ broker: InspectedBroker) -> [String: BrokerReport.Usage] {
        let statistics = broker.statistics
        let limits = engine.configuration.limits
        return [
            "connections": .init(used: broker.connections, limit: limits.connections),
            "sessions": .init(used: statistics.sessions, limit: limits.sessions),
            "subscriptions": .init(used: statistics.subscriptions, limit: limits.subscriptions),
            "storedBytes": .init(used: statistics.storedBytes, limit: limits.storedBytes),
            "retainedMessages": .init(used: statistics.retainedMessages, limit: limits.retainedMessages),
            "stateKeys": .init(used: statistics.stateKeys, limit: limits.stateKeys),
            "stateBytes": .init(used: statistics.stateBytes, limit: limits.stateBytes),
        ]
    }

    func reportFigures() -> FiguresReport {
        let statistics = engine.statistics
        return FiguresReport(
            figures: BrokerFigure.all.map { ($0, $0.value(statistics)) },
            broker: reportBroker()
        )
    }

    // MARK: Doing

    /// Sends a client away, and tells when that is durable.
    func kick(_ client: [UInt8], endsSession: Bool, _ promise: EventLoopPromise<KickReport?>) {
        guard let outcome = engine.kick(client, endsSession: endsSession, at: clock.now) else {
            promise.succeed(nil)
            return
        }
        turn()
        let report = KickReport(wasConnected: outcome.wasConnected, isSessionEnded: outcome.isSessionEnded)
        whenDurable { promise.keep($0, with: report) }
    }

    /// Begins to take messages away.
    func purge(_ target: Purge.Target, _ promise: EventLoopPromise<PurgeReport?>) {
        guard let purge = engine.beginPurge(target) else {
            promise.succeed(nil)
            return
        }
        goOn(with: purge, promise)
    }

    /// Takes some away, and lets the loop see to its sockets before the next ones.
    private func goOn(with purge: Purge, _ promise: EventLoopPromise<PurgeReport?>) {
        guard !isStopped else {
            promise.fail(BrokerError(.stopped, "The broker was stopped."))
            return
        }
        var purge = purge
        engine.purge(&purge, at: clock.now)
        turn()
        guard purge.isDone else {
            // Safe because everything here runs on the loop.
            loop.assumeIsolated().execute { [purge] in self.goOn(with: purge, promise) }
            return
        }
        let report = PurgeReport(purged: purge.purged, bytes: purge.bytes)
        whenDurable { promise.keep($0, with: report) }
    }

    // MARK: Waiting for the journal

    /// Calls when everything that was decided up to now is durable, or with false when it will not be.
    private func whenDurable(_ done: @escaping (Bool) -> Void) {
        let page = engine.decidedPage
        guard engine.durablePage < page else {
            done(true)
            return
        }
        waitingForPages.append((page, done))
    }

    /// A page more is durable.
    func pagesAreDurable() {
        guard !waitingForPages.isEmpty else { return }
        let durable = engine.durablePage
        let ready = waitingForPages.filter { $0.page <= durable }
        waitingForPages.removeAll { $0.page <= durable }
        for one in ready { one.done(true) }
    }

    /// Nothing becomes durable any more.
    func abandonWaiting() {
        let all = waitingForPages
        waitingForPages = []
        for one in all { one.done(false) }
    }
}

extension EventLoopPromise {
    /// Keeps the promise of a report once it is durable.
    fileprivate func keep<Report: Sendable>(_ isDurable: Bool, with report: Report) where Value == Report? {
        if isDurable {
            succeed(report)
        } else {
            fail(BrokerError(.stopped, "The broker was stopped before the action was durable."))
        }
    }
}
