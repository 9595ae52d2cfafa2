import Journal

/// An old page on its way to the tail.
struct FactCleaning {
    /// Its number.
    var page: UInt64
    /// How many facts were alive on it at the beginning.
    var liveBefore: Int
    /// Where its reading stands; nil until the shell brought the bytes.
    var reader: PageReader?
    /// How many message records were passed, to find their handles.
    var messagesPassed = 0
    /// Messages from this sequence on name every group that has them.
    var exactFrom: UInt64 = 0
    /// All shared deliveries in flight, gathered when first asked for in a turn.
    var inflight: Set<SharedWindow.Slot>?
}
