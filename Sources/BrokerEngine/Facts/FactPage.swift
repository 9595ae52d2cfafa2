/// What the engine remembers of one page in the journal.
struct FactPage {
    /// Facts on it that are still alive.
    var live = 0
    /// Its size.
    var bytes = 0
    /// The page that was open when its last fact died: before that one is durable this one may not be dropped.
    var deadSince: UInt64 = 0
    /// The messages stored on it, in the order of their records.
    var messages: [Int32] = []
}
