import Logging

/// A message that came more often than it may fail, though no replica said that it failed: it may be what ends them.
extension MessageHandling {
    /// What bounds it.
    enum AloneLimits {
        /// How many replicas may end with the message alone before it goes to the dead letter topic.
        static let deaths = 2
        /// How many deliveries without a word suspect nobody, however few attempts there are: replicas do get killed.
        static let deliveries = 3
    }

    /// Whether the deliveries before this one used up the attempts.
    var isSuspect: Bool { settlement.firstAttempt > max(route.retry.attempts, AloneLimits.deliveries) }

    /// Handles the message with no other suspect beside it; a message with which replicas ended again and again is handled no more.
    ///
    /// The messages that a dying replica had besides are suspects, too. Alone, they show that they are none.
    mutating func runAlone() async {
        logger.warning(
            "A message came more often than it may fail, and no replica said why: it is handled with no other such message beside it",
            metadata: ["attempt": "\(settlement.firstAttempt)"]
        )
        guard await processor.solo.acquire() else { return handBack() }
        defer { processor.solo.release() }
        let deaths = await settlement.beginAlone()
        if deaths < AloneLimits.deaths {
            await makeAttempts()
        } else {
            report.attempts += 1
            fail(WorkerError(.replicaDied, "\(deaths) replicas ended while they handled this message alone"))
            if case .over = await bury(reason: .replicaDied, HandlerEffects()) {} else { handBack() }
        }
        // Nobody knows what became of one that is forgotten: the next delivery goes on counting.
        if report.settlement != .forgotten { await settlement.endAlone() }
    }
}
