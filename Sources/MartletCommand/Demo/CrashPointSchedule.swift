import CrashPoints

/// With which numbered point each new process of a run is armed, all of it decided by the seed.
struct CrashPointSchedule: Sendable {
    /// A count has at most so many binary digits: points that are come to a thousand times a second and such that are seldom come to are
    /// both hit, early and late.
    private static let digits = 10

    /// Whether nobody is armed any more.
    var isOver = false
    private var generator: SeededGenerator
    /// The points of a program in the order in which they are next; each comes as often as any other.
    private var waiting: [CrashPoint.Program: [CrashPoint]] = [:]

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed ^ 0xC4A5_4901)
    }

    /// What the next process of the program is armed with.
    mutating func next(of program: CrashPoint.Program) -> CrashPointArming? {
        guard !isOver else { return nil }
        var points = waiting[program] ?? []
        if points.isEmpty { points = CrashPoint.allCases.filter { $0.program == program } }
        let point = points.remove(at: generator.index(below: points.count))
        waiting[program] = points
        let bound = 1 << generator.index(below: Self.digits + 1)
        return CrashPointArming(point, count: 1 + generator.index(below: bound))
    }
}
