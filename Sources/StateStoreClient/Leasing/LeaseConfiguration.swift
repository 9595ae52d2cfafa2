/// How a lease is held; see `docs/decisions/0009` for why these times keep two holders apart.
public struct LeaseConfiguration: Sendable {
    /// For how long the store grants the lease at a time; others wait that long for a holder that died.
    public var duration: Duration = .seconds(15)
    /// How long after a request left the next renewal leaves; `nil` for a third of the duration.
    public var renewalInterval: Duration?
    /// How long one request may take; `nil` for a quarter of the duration.
    public var attemptTimeout: Duration?
    /// By how many millionths the store's clock may run faster than this process's.
    public var clockDriftPartsPerMillion: Int = 10_000
    /// How long before the store's deadline the holder counts it as lost: its time to step down; `nil` for a tenth of the duration.
    public var stepDownLead: Duration?
    /// Within how long those who wait try again when the lease comes free; `nil` for a tenth of the duration, at most a second.
    public var herdWindow: Duration?
    /// What others see as the holder's name; `nil` for the client identifier.
    public var holderName: String?
    /// Whether to ask the store to keep the lease on disk, so that a restart of the store does not give it to another early.
    public var persist: Bool = true

    /// Makes a configuration of defaults.
    ///
    /// - Parameter duration: For how long the store grants the lease at a time.
    public init(duration: Duration = .seconds(15)) {
        self.duration = duration
    }

    var terms: LeaseTerms {
        let renewal = self.renewalInterval ?? self.duration / 3
        return LeaseTerms(
            duration: self.duration,
            renewalInterval: renewal,
            attemptTimeout: self.attemptTimeout ?? self.duration / 4,
            retryBase: renewal / 20,
            driftPartsPerMillion: Int64(self.clockDriftPartsPerMillion),
            stepDownLead: self.stepDownLead ?? self.duration / 10,
            herdWindow: self.herdWindow ?? min(self.duration / 10, .seconds(1))
        )
    }

    /// What keeps the configuration from being used, if anything does.
    var problem: StateStoreError? {
        let terms = self.terms
        var problems: [String] = []
        if terms.duration < .milliseconds(50) { problems.append("duration is shorter than 50 ms") }
        if terms.renewalInterval <= .zero || terms.renewalInterval >= terms.validity {
            problems.append(
                "renewalInterval is not between zero and the \(terms.validity) for which a lease is believed in"
            )
        }
        if terms.attemptTimeout <= .zero { problems.append("attemptTimeout is not positive") }
        if terms.driftPartsPerMillion < 0 || terms.stepDownLead < .zero || terms.herdWindow < .zero {
            problems.append("a margin is negative")
        }
        if problems.isEmpty { return nil }
        return StateStoreError(.invalidArgument, problems.joined(separator: "; "))
    }
}
