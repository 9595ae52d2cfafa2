import Martlet

/// Moves one unit from an account to another: a message that changes two keys, for tests that kill replicas.
///
/// Each account says how often each transfer was applied to it; so one that was done twice, or by half, shows for ever.
struct Transfers: Handler {
    /// An account.
    struct Account: Codable, Sendable, Equatable {
        var balance = 0
        /// How often each transfer was applied, by its name.
        var applied: [String: Int] = [:]
    }

    /// One transfer: its name and the two accounts.
    struct Transfer: Codable, Sendable {
        var name: String
        var from: String
        var to: String
    }

    static let accounts = StateKey<Account>("accounts")
    static let registration = HandlerRegistration("transfers/+", handler: Transfers())

    func handle(_ transfer: Transfer, context: HandlerContext) async throws {
        guard transfer.from != transfer.to else { throw PermanentError("a transfer needs two accounts") }
        for (name, amount) in [(transfer.from, -1), (transfer.to, 1)] {
            try await context.state.update(Self.accounts[name], default: Account()) { account in
                account.balance += amount
                account.applied[transfer.name, default: 0] += 1
            }
        }
    }
}
