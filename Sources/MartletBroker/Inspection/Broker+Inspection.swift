import BrokerEngine
import MQTTPackets
import NIOCore
import Synchronization

/// What operators ask: each question one bounded look on the loop.
extension Broker {
    /// Looks at the engine.
    private func look<Answer: Sendable>(
        _ body: @escaping @Sendable (BrokerShell) -> Answer
    ) async throws -> Answer {
        try await onLoop(within: InspectionDeadline.question) { shell, promise in promise.succeed(body(shell)) }
    }

    /// Lists sessions.
    ///
    /// - Parameters:
    ///   - isConnected: Only those that are connected, or that are not; nil for both.
    ///   - prefix: Only those whose client identifier begins so.
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - limit: How many at most.
    /// - Returns: A page of them, perhaps empty though there are more.
    /// - Throws: ``BrokerError`` when the broker does not run, or does not answer.
    package func sessions(
        isConnected: Bool? = nil,
        prefix: String = "",
        from cursor: UInt64 = 0,
        limit: Int
    ) async throws -> ReportPage<SessionReport> {
        let question = SessionQuestion(isConnected: isConnected, prefix: Array(prefix.utf8))
        return try await look { shell in
            let page = shell.engine.inspectSessions(question, from: cursor, limit: limit)
            let now = shell.clock.now
            return ReportPage(items: page.items.map { shell.report($0, at: now) }, cursor: page.next)
        }
    }

    /// Shows one session; nil for none.
    package func session(of client: String) async throws -> SessionReport? {
        try await look { shell in
            shell.engine.inspectSession(of: Array(client.utf8)).map { shell.report($0, at: shell.clock.now) }
        }
    }

    /// Lists subscriptions.
    ///
    /// - Parameters:
    ///   - client: Only those of this client.
    ///   - filter: Only those whose own filter, without its share, lies within this one.
    ///   - topic: Only those that get a message to this topic.
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - limit: How many at most.
    /// - Returns: A page of them, perhaps empty though there are more.
    /// - Throws: ``BrokerError`` for what is no filter, and when the broker does not run, or does not answer.
    package func subscriptions(
        of client: String? = nil,
        within filter: String? = nil,
        topic: String? = nil,
        from cursor: UInt64 = 0,
        limit: Int
    ) async throws -> ReportPage<SubscriptionReport> {
        let question = SubscriptionQuestion(
            client: client.map { Array($0.utf8) },
            within: try filter.map(Self.filter),
            topic: topic.map { Array($0.utf8) }
        )
        return try await look { shell in
            let page = shell.engine.inspectSubscriptions(question, from: cursor, limit: limit)
            return ReportPage(items: page.items.map { SubscriptionReport($0) }, cursor: page.next)
        }
    }

    /// Lists the shared groups.
    package func groups(from cursor: UInt64 = 0, limit: Int) async throws -> ReportPage<GroupReport> {
        try await look { shell in
            let page = shell.engine.inspectGroups(from: cursor, limit: limit)
            return ReportPage(items: page.items.map { GroupReport($0) }, cursor: page.next)
        }
    }

    /// Shows one shared group, by `$share/NAME/FILTER`; nil for none.
    package func group(named name: String) async throws -> GroupReport? {
        try await look { $0.engine.inspectGroup(named: Array(name.utf8)).map { GroupReport($0) } }
    }

    /// Lists the members of a shared group.
    package func members(
        ofGroup name: String,
        from cursor: UInt64 = 0,
        limit: Int
    ) async throws -> ReportPage<MemberReport> {
        try await look { shell in
            let page = shell.engine.inspectMembers(ofGroup: Array(name.utf8), from: cursor, limit: limit)
            return ReportPage(items: page.items.map { MemberReport($0) }, cursor: page.next)
        }
    }

    /// Lists retained messages whose topic a filter matches.
    package func retained(
        matching filter: String,
        from cursor: UInt64 = 0,
        limit: Int
    ) async throws -> ReportPage<RetainedReport> {
        let filter = try Self.filter(filter)
        return try await look { shell in
            let page = shell.engine.inspectRetained(filter, from: cursor, limit: limit)
            return ReportPage(items: page.items.map { RetainedReport($0) }, cursor: page.next)
        }
    }

    /// Shows the retained message of a topic; nil for none.
    package func retained(at topic: String) async throws -> RetainedReport? {
        try await look { $0.engine.inspectRetained(at: Array(topic.utf8)).map { RetainedReport($0) } }
    }

    /// Lists the deliveries of a session that are not acknowledged.
    package func inflight(
        of client: String,
        from cursor: UInt64 = 0,
        limit: Int
    ) async throws -> ReportPage<DeliveryReport> {
        try await look { shell in
            let page = shell.engine.inspectInflight(of: Array(client.utf8), from: cursor, limit: limit)
            return ReportPage(items: page.items.map { DeliveryReport($0) }, cursor: page.next)
        }
    }

    /// Shows the state store as a whole.
    package func stateReport() async throws -> StateReport { try await look { $0.reportState() } }

    /// Shows the broker as a whole.
    package func report() async throws -> BrokerReport { try await look { $0.reportBroker() } }

    /// Shows what metrics are made of.
    package func figures() async throws -> FiguresReport { try await look { $0.reportFigures() } }

    // MARK: What they do

    /// Sends a client away with DISCONNECT 0x98; returns when that is durable.
    ///
    /// - Parameters:
    ///   - client: The client identifier.
    ///   - endsSession: Whether its session goes too.
    /// - Returns: What became of it; nil for a client without a session.
    /// - Throws: ``BrokerError`` when the broker does not run, or does not answer.
    package func kick(_ client: String, endsSession: Bool) async throws -> KickReport? {
        try await onLoop(within: InspectionDeadline.action) { shell, promise in
            shell.kick(Array(client.utf8), endsSession: endsSession, promise)
        }
    }

    /// Takes away what waits for a session; returns when that is durable, nil for a client without a session.
    package func purgeQueue(of client: String) async throws -> PurgeReport? {
        try await purge(.queue(client: Array(client.utf8)))
    }

    /// Takes away what waits for a shared group; returns when that is durable, nil for none.
    package func purgeGroup(named name: String) async throws -> PurgeReport? {
        try await purge(.group(name: Array(name.utf8)))
    }

    /// Takes away the retained messages whose topic a filter matches; returns when that is durable.
    package func purgeRetained(matching filter: String) async throws -> PurgeReport {
        try await purge(.retained(Self.filter(filter))) ?? PurgeReport(purged: 0, bytes: 0)
    }

    private func purge(_ target: Purge.Target) async throws -> PurgeReport? {
        try await onLoop(within: InspectionDeadline.action) { shell, promise in shell.purge(target, promise) }
    }

    private static func filter(_ text: String) throws -> TopicFilter {
        do throws(PacketError) {
            let filter = try TopicFilter(text)
            guard filter.share == nil else {
                throw PacketError(reasonCode: .topicFilterInvalid, message: "is that of a shared subscription")
            }
            return filter
        } catch {
            throw BrokerError(.configuration, "'\(text)' is no topic filter: it \(error.message)", cause: error)
        }
    }

    // MARK: Tests

    /// Does something on the loop, such as keeping it from turning.
    package func occupyLoop(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.loop }?.execute(body)
    }
}
