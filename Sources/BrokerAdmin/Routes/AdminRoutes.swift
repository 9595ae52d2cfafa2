import Foundation
import HTTPTypes
import Hummingbird
import MartletBroker

/// What each path answers.
struct AdminRoutes: Sendable {
    let broker: Broker
    let configuration: AdminConfiguration
    let gate: RequestGate

    typealias Answer = @Sendable (AdminQuery) async throws -> Response

    /// The router of all of them.
    func router() -> Router<AdminContext> {
        let router = Router(context: AdminContext.self)
        router.add(middleware: ErrorTelling())
        addHealth(to: router)
        add(.metrics, to: router) { _ in try await self.metrics() }
        add(.broker, to: router) { _ in JSONResponse.make(try await broker.report()) }
        add(.state, to: router) { _ in JSONResponse.make(try await broker.stateReport()) }
        addSessions(to: router)
        addSubscriptions(to: router)
        addGroups(to: router)
        addRetained(to: router)
        return router
    }

    // MARK: The parts

    private func addHealth(to router: Router<AdminContext>) {
        let health = broker.health
        router.get("/live") { _, _ in
            HealthAnswer.make(health.isLive() ? nil : "the engine does not turn")
        }
        router.get("/ready") { _, _ in HealthAnswer.make(health.obstacle()) }
        router.get("/startup") { _, _ in
            HealthAnswer.make(health.isStarted ? nil : health.obstacle() ?? "the broker was not started")
        }
    }

    private func addSessions(to router: Router<AdminContext>) {
        add(.sessions, ["connected", "prefix", "limit", "cursor"], to: router) { query in
            let (connected, prefix) = (try query.flag("connected"), query["prefix"] ?? "")
            return try await list(query) {
                try await broker.sessions(isConnected: connected, prefix: prefix, from: $0, limit: $1)
            }
        }
        add(.session, to: router) { query in
            let client = try query.part("client")
            return JSONResponse.make(try found(await broker.session(of: client), "session of '\(client)'"))
        }
        add(.endSession, to: router) { query in
            let client = try query.part("client")
            let report = try await broker.kick(client, endsSession: true)
            return JSONResponse.make(try found(report, "session of '\(client)'"))
        }
        add(.kick, ["endSession"], to: router) { query in
            let (client, ends) = (try query.part("client"), try query.flag("endSession") ?? false)
            let report = try await broker.kick(client, endsSession: ends)
            return JSONResponse.make(try found(report, "session of '\(client)'"))
        }
        add(.purgeQueue, to: router) { query in
            let client = try query.part("client")
            return JSONResponse.make(try found(await broker.purgeQueue(of: client), "session of '\(client)'"))
        }
        add(.inflight, ["limit", "cursor"], to: router) { query in
            let client = try query.part("client")
            _ = try found(await broker.session(of: client), "session of '\(client)'")
            return try await list(query) { try await broker.inflight(of: client, from: $0, limit: $1) }
        }
    }

    private func addSubscriptions(to router: Router<AdminContext>) {
        add(.subscriptions, ["client", "filter", "topic", "limit", "cursor"], to: router) { query in
            let (client, filter, topic) = (query["client"], query["filter"], query["topic"])
            if let client { _ = try found(await broker.session(of: client), "session of '\(client)'") }
            return try await list(query) {
                try await broker.subscriptions(of: client, within: filter, topic: topic, from: $0, limit: $1)
            }
        }
    }

    private func addGroups(to router: Router<AdminContext>) {
        add(.groups, ["limit", "cursor"], to: router) { query in
            try await list(query) { try await broker.groups(from: $0, limit: $1) }
        }
        add(.group, to: router) { query in
            let group = try query.part("group")
            return JSONResponse.make(try found(await broker.group(named: group), "group '\(group)'"))
        }
        add(.members, ["limit", "cursor"], to: router) { query in
            let group = try query.part("group")
            _ = try found(await broker.group(named: group), "group '\(group)'")
            return try await list(query) { try await broker.members(ofGroup: group, from: $0, limit: $1) }
        }
        add(.purgeGroup, to: router) { query in
            let group = try query.part("group")
            return JSONResponse.make(try found(await broker.purgeGroup(named: group), "group '\(group)'"))
        }
    }

    private func addRetained(to router: Router<AdminContext>) {
        add(.retained, ["filter", "limit", "cursor"], to: router) { query in
            let filter = query["filter"] ?? "#"
            return try await list(query) { try await broker.retained(matching: filter, from: $0, limit: $1) }
        }
        add(.retainedMessage, to: router) { query in
            let topic = try query.part("topic")
            var report = try found(await broker.retained(at: topic), "retained message at '\(topic)'")
            if let payload = report.payload {
                report.text = Self.text(payload, isCut: report.isCut ?? false)
                if report.text == nil { report.base64 = Data(payload).base64EncodedString() }
            }
            return JSONResponse.make(report)
        }
        add(.purgeRetained, ["filter"], to: router) { query in
            guard let filter = query["filter"] else {
                throw AdminError(.invalid, "'filter' says which retained messages are taken away; '#' for all of them.")
            }
            return JSONResponse.make(try await broker.purgeRetained(matching: filter))
        }
    }

    /// The payload as text, nil where it is none; the last character of one that was cut may be cut in two.
    private static func text(_ payload: [UInt8], isCut: Bool) -> String? {
        for shorter in 0...(isCut ? min(3, payload.count) : 0) {
            if let text = String(validating: payload.dropLast(shorter), as: UTF8.self) { return text }
        }
        return nil
    }
}
