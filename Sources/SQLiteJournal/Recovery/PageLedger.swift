import Journal

/// Keeps account of the pages that are found, and concludes what is missing.
struct PageLedger {
    private var found = RecoveryReport()
    private let mark: ConfirmedMark.Value
    /// Where the chain of pages jumps: pages after the first number up to the second were appended and not found.
    private var gaps: [(after: UInt64, upTo: UInt64)] = []
    /// The page found last, intact or not.
    private var lastSeen: UInt64 = 0
    private var header = JournalHeader()

    init(mark: ConfirmedMark) {
        self.mark = mark.value
        if let note = mark.note { found.notes.append(note) }
    }

    /// Whether nothing is known to be wrong up to here.
    var isIntactSoFar: Bool { found.isIntact && unexplainedGaps.isEmpty }

    mutating func enter(_ header: JournalHeader) { self.header = header }

    /// Enters what the newest page says of dropped ones, before the pages are entered in order.
    mutating func enter(newest row: StoredPage) {
        if row.damage == nil { found.droppedBelow = max(found.droppedBelow, row.droppedBelow) }
    }

    mutating func broken(_ what: String) { found.brokenStructure.append(what) }

    mutating func note(_ text: String) { found.notes.append(text) }

    /// Enters a page that has a row.
    ///
    /// - Parameters:
    ///   - row: What the row holds, or why it cannot be read.
    ///   - number: The number under which it was found.
    /// - Returns: The page, or what is intact of it.
    mutating func enter(_ row: Result<StoredPage, UnreadableRow>, number: UInt64) -> JournalPage? {
        defer { lastSeen = number }
        if found.firstPage == nil { found.firstPage = number }
        switch row {
        case .failure(let unreadable):
            beforeDamaged(number)
            found.damaged.append(
                DamagedPage(
                    number: number,
                    byteCount: 0,
                    recordsWritten: unreadable.records,
                    recordsIntact: 0,
                    stretches: [],
                    reason: unreadable.reason
                )
            )
            return nil
        case .success(let stored):
            if let damage = stored.damage {
                beforeDamaged(number)
                found.damaged.append(damage)
                return stored.page.salvaged()
            }
            if stored.previous > lastSeen { gaps.append((after: lastSeen, upTo: stored.previous)) }
            found.droppedBelow = max(found.droppedBelow, stored.droppedBelow)
            return stored.page
        }
    }

    /// Which page came before a damaged one cannot be read: the numbers before it are taken to have been used.
    private mutating func beforeDamaged(_ number: UInt64) {
        if number > lastSeen + 1 { gaps.append((after: lastSeen, upTo: number - 1)) }
    }

    mutating func handedOut(_ page: JournalPage) {
        found.pagesRead += 1
        found.bytesRead += page.bytes.count
    }

    /// Everything that was found, and what follows from it.
    func report() -> RecoveryReport {
        var report = found
        report.droppedBelow = floor
        report.missing = unexplainedGaps
        if mark.number > lastSeen {
            let first = max(lastSeen + 1, floor, header.accounted + 1)
            if first <= mark.number { report.missing.append(first...mark.number) }
        }
        let last = max(lastSeen, mark.number, header.accounted)
        report.lastPage = last > 0 ? last : nil
        return report
    }

    private var floor: UInt64 { max(found.droppedBelow, header.droppedBelow, mark.droppedBelow) }

    private var unexplainedGaps: [ClosedRange<UInt64>] {
        gaps.compactMap { gap in
            let first = max(gap.after + 1, floor, header.accounted + 1)
            return first <= gap.upTo ? first...gap.upTo : nil
        }
    }
}

/// Why a row gives no page.
struct UnreadableRow: Error {
    var reason: String
    /// How many records the page had, where that much can be read.
    var records: Int
}
