/// The bounds of authentication, each with what happens past it.
public struct BrokerAuthenticationLimits: Sendable, Hashable {
    /// Clients whose proof is checked at one time; the next ones wait.
    public var concurrentChecks = 256
    /// Clients that wait for their turn; past it a new one is refused with 0x89 (server busy).
    public var waitingClients = 20_000
    /// Threads that hash passwords, off the event loops.
    public var hashingThreads = 2
    /// Passwords that wait to be hashed; past it a client is refused with 0x89 (server busy).
    public var waitingPasswords = 2_000
    /// Refusals written to the log a second, in the long run; what is more is counted, and the count is written.
    public var loggedRefusalsPerSecond = 20
    /// Refusals written to the log at once, after a quiet time.
    public var loggedRefusalsAtOnce = 100

    /// The defaults.
    public init() {}
}
