/// Where the newest record of a fact stands, so that its page knows when it is dead.
struct FactPlace {
    /// The page; 0 when the journal does not have it.
    var page: UInt64 = 0
    /// Bytes of the record.
    var bytes = 0

    /// Whether the journal has it.
    var isWritten: Bool { page != 0 }
}
