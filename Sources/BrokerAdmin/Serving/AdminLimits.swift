package import NIOCore

/// The bounds of the admin API, each with what happens past it.
package struct AdminLimits: Sendable {
    /// Requests answered at one time; past it 503 with the code busy, but for health.
    package var requests = 16
    /// Connections at one time; past it a new one waits to be accepted.
    package var connections = 128
    /// Bytes of a request's body; past it 413.
    package var bodyBytes = 64 << 10
    /// Bytes of a request's headers; past it the connection is closed.
    package var headerBytes = 16 << 10
    /// How long a connection may be idle before it is closed.
    package var idleTimeout = TimeAmount.seconds(60)
    /// What a list shows where the request does not say.
    package var defaultItems = 100
    /// What a list shows at most; past it 400.
    package var items = 1_000
    /// Looks at the engine for one list; after them the answer has what was found, and a cursor.
    package var looks = 32
    /// Shared groups with metrics of their own; of more, only how many were left out is told.
    package var groupsInMetrics = 1_000

    package init() {}
}
