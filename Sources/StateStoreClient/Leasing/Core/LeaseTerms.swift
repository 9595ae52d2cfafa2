/// The times of a lease, all measured by the holder's own clock.
///
/// The argument why they keep two holders apart is decision 0009.
package struct LeaseTerms: Sendable, Hashable {
    /// For how long the store grants the lease at a time.
    package var duration: Duration
    /// How long after a request left the next renewal leaves; drawn between nine tenths of it and all of it.
    package var renewalInterval: Duration
    /// How long one request may take.
    package var attemptTimeout: Duration
    /// The longest wait after a first failed attempt; it doubles with each one in a row, up to ``renewalInterval``.
    package var retryBase: Duration
    /// By how many millionths the store's clock may run faster than the holder's.
    package var driftPartsPerMillion: Int64
    /// How long before the store's deadline the holder stops believing: its time to step down.
    package var stepDownLead: Duration
    /// Within how long those who wait try again when the lease comes free: spreads a herd.
    package var herdWindow: Duration

    /// Makes terms.
    ///
    /// - Parameters:
    ///   - duration: For how long the store grants the lease at a time.
    ///   - renewalInterval: How long after a request left the next renewal leaves.
    ///   - attemptTimeout: How long one request may take.
    ///   - retryBase: The longest wait after a first failed attempt.
    ///   - driftPartsPerMillion: By how many millionths the store's clock may run faster than the holder's.
    ///   - stepDownLead: How long before the store's deadline the holder stops believing.
    ///   - herdWindow: Within how long those who wait try again when the lease comes free.
    package init(
        duration: Duration,
        renewalInterval: Duration,
        attemptTimeout: Duration,
        retryBase: Duration,
        driftPartsPerMillion: Int64,
        stepDownLead: Duration,
        herdWindow: Duration
    ) {
        self.duration = duration
        self.renewalInterval = renewalInterval
        self.attemptTimeout = attemptTimeout
        self.retryBase = retryBase
        self.driftPartsPerMillion = driftPartsPerMillion
        self.stepDownLead = stepDownLead
        self.herdWindow = herdWindow
    }

    /// Stores count whole milliseconds: one is lost where the store reads its clock, one where it compares.
    package static let granularity = Duration.milliseconds(2)

    /// For how long after a request *left* its holder may believe in what it granted.
    ///
    /// The store counts from when it worked on the request, which was later, by a clock that may be faster.
    package var validity: Duration {
        let slack = self.duration / 1_000_000 * self.driftPartsPerMillion
        return self.duration - slack - Self.granularity - self.stepDownLead
    }
}
