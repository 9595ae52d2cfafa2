import BrokerEngine
import Journal
import Logging
import NIOCore

/// The start of a broker: the journal is folded into an engine before the first connection.
extension BrokerShell {
    /// Reads the journal back and makes the shell of what was found.
    ///
    /// - Throws: ``BrokerError`` when the journal cannot be read or is damaged.
    static func recover(
        _ configuration: BrokerConfiguration,
        journal: (any Journal)?,
        clock: any BrokerClock,
        logger: Logger,
        loop: any EventLoop,
        health: BrokerHealth = BrokerHealth(),
        failed: @escaping @Sendable (BrokerError) -> Void
    ) throws -> BrokerShell {
        let settings = EngineConfiguration(configuration, journaling: journal != nil)
        var engine = BrokerEngine(configuration: settings)
        var nextPage: UInt64 = 1
        if let journal {
            let report = try read(journal) { page in
                engine.recover(page)
                nextPage = page.number + 1
            }
            nextPage = max(nextPage, (report.lastPage ?? 0) + 1, report.droppedBelow)
            log(report, logger)
        }
        let summary = engine.finishRecovery(nextPage: nextPage, at: clock.now)
        if journal != nil {
            logger.info(
                "The journal was read",
                metadata: [
                    "sessions": "\(summary.sessions)", "subscriptions": "\(summary.subscriptions)",
                    "messages": "\(summary.messages)", "retained": "\(summary.retained)",
                    "stateKeys": "\(summary.stateKeys)",
                ]
            )
        }
        if summary.unreadableRecords > 0 || summary.lostSessions > 0 {
            logger.error(
                "Some facts of the journal are lost",
                metadata: [
                    "unreadableRecords": "\(summary.unreadableRecords)", "lostSessions": "\(summary.lostSessions)",
                ]
            )
        }
        var limits = BrokerShellLimits()
        limits.connections = configuration.limits.connection
        limits.journalReserve = UInt64(max(0, configuration.limits.journalReserveBytes))
        let shell = BrokerShell(
            loop: loop,
            engine: engine,
            journal: journal,
            clock: clock,
            limits: limits,
            logger: logger,
            health: health,
            failed: failed
        )
        if journal != nil { shell.recovery = summary }
        shell.startTicking()
        shell.turn()
        return shell
    }

    private static func read(_ journal: any Journal, _ page: (JournalPage) -> Void) throws -> RecoveryReport {
        do {
            return try journal.recover { page($0) }
        } catch let error as JournalError where error.code == .damaged {
            throw BrokerError(.damaged, error.message, cause: error)
        } catch let error as JournalError where error.code == .busy {
            throw BrokerError(.inUse, error.message, cause: error)
        } catch {
            throw BrokerError(.journal, "The journal could not be read: \(error)", cause: error)
        }
    }

    private static func log(_ report: RecoveryReport, _ logger: Logger) {
        guard !report.isIntact else { return }
        logger.error(
            "The journal was damaged; what could be read is kept",
            metadata: [
                "missingPages": "\(report.missing)", "damagedPages": "\(report.damaged)",
                "recordsLost": "\(report.recordsLost)", "filesSetAside": "\(report.filesSetAside)",
            ]
        )
    }

    private func startTicking() {
        // Safe because it runs on the loop of the shell.
        loop.assumeIsolated().scheduleTask(in: limits.tickInterval) { [weak self] in
            guard let self, !self.isStopped else { return }
            self.tick()
            self.startTicking()
        }
    }
}

extension Redirection {
    /// As a broker is told.
    init(_ redirection: BrokerRedirection) {
        self.init(reference: redirection.reference, isPermanent: redirection.isPermanent)
    }
}

extension EngineConfiguration {
    /// What an engine is told of a broker's configuration.
    fileprivate init(_ configuration: BrokerConfiguration, journaling: Bool) {
        self.init(journaling: journaling, seed: UInt64.random(in: 1...UInt64.max))
        limits = configuration.limits.engine
        systemTopicInterval = UInt32(clamping: configuration.systemTopicInterval.components.seconds)
        memoryOnlyStatePrefixes = configuration.memoryOnlyStatePrefixes.map { Array($0.utf8) }
        redirection = configuration.redirection.map(Redirection.init)
        responseTopicPrefix = configuration.responseTopicPrefix
        checksPayloadFormat = configuration.checksPayloadFormat
    }
}
