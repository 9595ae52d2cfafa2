import Synchronization

/// Counts the requests that are being answered, and lets no more in than there may be.
final class RequestGate: Sendable {
    private let limit: Int
    private let open = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Does something while there is room.
    ///
    /// - Throws: ``AdminError`` with the code `busy` when there is none; what the closure throws.
    func pass<Result>(_ body: () async throws -> Result) async throws -> Result {
        defer { open.subtract(1, ordering: .relaxed) }
        guard open.add(1, ordering: .relaxed).newValue <= limit else {
            throw AdminError(.busy, "There are \(limit) requests being answered: try again.")
        }
        return try await body()
    }
}
