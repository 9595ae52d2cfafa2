/// A path of the admin API with a method: what `docs/admin-api.yaml` describes and the server answers.
package struct AdminRoute: Sendable, Hashable {
    /// `GET`, `POST` or `DELETE`.
    package var method: String
    /// The path, with parameters as `{name}`.
    package var path: String
    /// What it needs.
    package var right: AdminAccess.Right

    init(_ method: String, _ path: String, _ right: AdminAccess.Right) {
        self.method = method
        self.path = path
        self.right = right
    }

    static let live = AdminRoute("GET", "/live", .none)
    static let ready = AdminRoute("GET", "/ready", .none)
    static let startup = AdminRoute("GET", "/startup", .none)
    static let metrics = AdminRoute("GET", "/metrics", .read)
    static let broker = AdminRoute("GET", "/v1/broker", .read)
    static let state = AdminRoute("GET", "/v1/state", .read)
    static let sessions = AdminRoute("GET", "/v1/sessions", .read)
    static let session = AdminRoute("GET", "/v1/sessions/{client}", .read)
    static let endSession = AdminRoute("DELETE", "/v1/sessions/{client}", .write)
    static let kick = AdminRoute("POST", "/v1/sessions/{client}/kick", .write)
    static let purgeQueue = AdminRoute("POST", "/v1/sessions/{client}/purge", .write)
    static let inflight = AdminRoute("GET", "/v1/sessions/{client}/inflight", .read)
    static let subscriptions = AdminRoute("GET", "/v1/subscriptions", .read)
    static let groups = AdminRoute("GET", "/v1/groups", .read)
    static let group = AdminRoute("GET", "/v1/groups/{group}", .read)
    static let members = AdminRoute("GET", "/v1/groups/{group}/members", .read)
    static let purgeGroup = AdminRoute("POST", "/v1/groups/{group}/purge", .write)
    static let retained = AdminRoute("GET", "/v1/retained", .read)
    static let retainedMessage = AdminRoute("GET", "/v1/retained/{topic}", .read)
    static let purgeRetained = AdminRoute("DELETE", "/v1/retained", .write)

    /// All of them.
    package static let all: [AdminRoute] = [
        live, ready, startup, metrics, broker, state, sessions, session, endSession, kick, purgeQueue, inflight,
        subscriptions, groups, group, members, purgeGroup, retained, retainedMessage, purgeRetained,
    ]
}

extension AdminRoute {
    /// Whether a path, as it stands in a request, is one of this route.
    func matches(_ requested: String) -> Bool {
        let wanted = path.split(separator: "/")
        let parts = requested.split(separator: "/")
        return wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
