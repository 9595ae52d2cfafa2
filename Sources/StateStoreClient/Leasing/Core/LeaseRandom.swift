/// Numbers that depend on a seed and a counter alone (SplitMix64).
struct LeaseRandom: Sendable {
    let seed: UInt64

    func number(_ index: UInt64) -> UInt64 {
        var mixed = self.seed &+ index &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    func duration(below limit: Duration, _ index: UInt64) -> Duration {
        let (seconds, attoseconds) = limit.components
        let nanoseconds = UInt64(clamping: seconds) * 1_000_000_000 + UInt64(clamping: attoseconds / 1_000_000_000)
        // The high half of the product is spread evenly.
        return .nanoseconds(Int64(clamping: nanoseconds.multipliedFullWidth(by: self.number(index)).high))
    }
}
