/// Percentiles of a few measured times: each is a time that was measured (nearest rank), nothing is interpolated.
struct Percentiles: Sendable {
    private let sorted: [Duration]

    init(_ times: [Duration]) {
        self.sorted = times.sorted()
    }

    /// The smallest time that at least this part (0 to 1) of all times does not exceed; `nil` where nothing was measured.
    func time(at part: Double) -> Duration? {
        guard !sorted.isEmpty else { return nil }
        let rank = Int((part * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }

    /// The longest time.
    var longest: Duration? { sorted.last }
}
