/// What one day in the state store says about the promises.
struct StateFinding: Equatable, Sendable {
    /// Readings that were counted at least once.
    var applied = 0
    /// Readings that no day counts.
    var missing = 0
    /// How many times too often readings were counted.
    var appliedTwice = 0
    /// Days whose numbers do not follow from the hours that they count.
    var wrong = 0

    static func + (left: StateFinding, right: StateFinding) -> StateFinding {
        StateFinding(
            applied: left.applied + right.applied,
            missing: left.missing + right.missing,
            appliedTwice: left.appliedTwice + right.appliedTwice,
            wrong: left.wrong + right.wrong
        )
    }
}

extension OracleDay {
    /// Holds what was found in the store against what must be there; `nil` bytes: there is nothing.
    func judge(_ bytes: [UInt8]?) -> StateFinding {
        guard let bytes else { return StateFinding(missing: tenths.count) }
        guard let stored = StoredDay(bytes), stored.hours.count == 24 else {
            return StateFinding(missing: tenths.count, wrong: 1)
        }
        var finding = StateFinding()
        var sum = 0
        for (hour, times) in stored.hours.enumerated() {
            guard let reading = tenths[hour] else {
                // An hour that nobody sent.
                if times != 0 { finding.wrong = 1 }
                continue
            }
            sum += reading * times
            finding.applied += times > 0 ? 1 : 0
            finding.missing += times > 0 ? 0 : 1
            finding.appliedTwice += max(times - 1, 0)
        }
        let counted = tenths.filter { stored.hours[$0.key] > 0 }.values
        let isRight =
            stored.sum == sum && stored.count == stored.hours.reduce(0, +)
            && (counted.isEmpty || (stored.minimum == counted.min() && stored.maximum == counted.max()))
        if !isRight { finding.wrong = 1 }
        return finding
    }
}
