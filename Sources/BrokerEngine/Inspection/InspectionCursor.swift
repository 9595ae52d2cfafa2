/// Where a walk over numbered places stands, and how much of it one query may do.
struct InspectionCursor {
    /// The place that is looked at next.
    var place: Int
    private let end: Int
    private var steps: Int
    private var items: Int

    /// - Parameters:
    ///   - cursor: What the page before gave; 0 for the first.
    ///   - end: One past the last place.
    ///   - limit: What the page may list.
    ///   - limits: The bounds of one query.
    init(_ cursor: UInt64, end: Int, limit: Int, _ limits: EngineLimits) {
        self.place = Int(clamping: cursor)
        self.end = end
        self.steps = limits.inspectionSteps
        self.items = max(1, min(limit, limits.inspectionItems))
    }

    /// Whether the place is to be looked at.
    var isOpen: Bool { place < end && steps > 0 && items > 0 }

    /// Where the next page begins; nil at the end.
    var next: UInt64? { place < end ? UInt64(place) : nil }

    /// The place was looked at, which cost so many steps.
    mutating func pass(steps cost: Int = 1, isListed: Bool) {
        place += 1
        steps -= cost
        if isListed { items -= 1 }
    }
}
