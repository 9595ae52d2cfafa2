import Foundation

/// Numbers that follow from a seed: what one run found, another finds again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The seed of this run: `JOURNAL_DAMAGE_SEED`, or always the same one.
    static let seed = ProcessInfo.processInfo.environment["JOURNAL_DAMAGE_SEED"].flatMap(UInt64.init) ?? 1

    /// How many times as many trials as usual: `JOURNAL_DAMAGE_FACTOR`.
    static let factor = ProcessInfo.processInfo.environment["JOURNAL_DAMAGE_FACTOR"].flatMap(Int.init) ?? 1
}
