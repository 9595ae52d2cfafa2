import GRDB
import Journal

/// Reads a journal back, and judges what it finds before anything is written.
struct Recovery {
    let files: JournalFiles
    let options: SQLiteJournalOptions
    let mark: ConfirmedMark

    /// Hands out the pages.
    ///
    /// - Parameter page: Called for every page, in order.
    /// - Returns: What was found.
    /// - Throws: `damaged` with the report where damage is refused, `newerFormat`, other errors of reading; what `page` throws.
    func run(_ page: (JournalPage) throws -> Void) throws -> RecoveryReport {
        let salvage = Salvage(files: files, bounds: options.bounds)
        try salvage.finishInterrupted()
        switch options.onDamage {
        case .refuse:
            let report = try scan(.upToDamage, page)
            guard report.isIntact else { throw refusal(report) }
            return report
        case .salvage:
            var report = try scan(.nothing, page)
            guard !report.isIntact else { return try scan(.upToDamage, page) }
            report.filesSetAside = try salvage.run(accounted: report.lastPage ?? 0) { keep in
                _ = try scan(.allIntact, keep)
            }
            let kept = try scan(.upToDamage, page)
            guard kept.isIntact else { throw refusal(kept) }
            report.pagesRead = kept.pagesRead
            report.bytesRead = kept.bytesRead
            report.firstPage = kept.firstPage
            report.droppedBelow = kept.droppedBelow
            return report
        }
    }

    /// Which pages a scan hands out.
    private enum Handing {
        case nothing
        case upToDamage
        /// Pages behind damage too, and the intact records of damaged ones.
        case allIntact
    }

    /// Reads everything once, changing nothing.
    private func scan(_ handing: Handing, _ page: (JournalPage) throws -> Void) throws -> RecoveryReport {
        var ledger = PageLedger(mark: mark)
        if let breakage = files.breakage {
            ledger.broken(breakage)
            return ledger.report()
        }
        guard files.exists(files.database) else { return ledger.report() }
        do {
            let reader = try JournalReader(files: files, probes: options.bounds.probes)
            defer { reader.close() }
            try reader.inDatabase { db in
                try reader.inspect(db, &ledger)
                let numbers = try reader.numbers(db, &ledger)
                if let last = numbers.last, case .success(let newest) = try reader.row(db, last) {
                    ledger.enter(newest: newest)
                }
                for number in numbers {
                    let found = try ledger.enter(reader.row(db, number), number: number)
                    guard let found, handing == .allIntact || (handing == .upToDamage && ledger.isIntactSoFar) else {
                        continue
                    }
                    do { try page(found) } catch { throw NotTaken(cause: error) }
                    ledger.handedOut(found)
                }
                let report = ledger.report()
                if handing == .upToDamage, report.isIntact, report.pagesRead != numbers.count {
                    ledger.broken("\(numbers.count - report.pagesRead) pages do not go together with the newest one")
                }
            }
        } catch let error as DatabaseError {
            guard error.isDamage else { throw JournalError(error, file: files.database) }
            ledger.broken("SQLite cannot read \(files.database): \(error)")
        } catch let error as NotTaken {
            throw error.cause
        }
        return ledger.report()
    }

    private func refusal(_ report: RecoveryReport) -> JournalError {
        JournalError(
            .damaged,
            """
            The journal in \(files.directory) is damaged: \(report). Nothing was changed. To go on with what is intact, \
            start with \(options.salvageFlag): the damaged files are then set aside in that directory.
            """,
            report: report
        )
    }

    /// What the taker of a page threw: not to be taken for an error of reading.
    private struct NotTaken: Error {
        var cause: any Error
    }
}
