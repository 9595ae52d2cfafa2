/// A generator of random numbers that gives the same sequence for the same seed on every machine (SplitMix64).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number between 0 and 1, without 1.
    ///
    /// Written out, because what the standard library makes of a generator may differ between its versions, and a seed should not.
    mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number from 0 to below the bound, which is at least 1.
    mutating func index(below bound: Int) -> Int {
        min(Int(fraction() * Double(bound)), bound - 1)
    }
}
