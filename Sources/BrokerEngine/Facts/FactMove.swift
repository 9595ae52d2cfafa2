/// A message that was copied to the tail: undone when the page of the copy cannot be stored.
struct FactMove {
    var message: Int32
    /// Its identity: the handle may be another message's by then.
    var sequence: UInt64
    /// The record it had, whose page stays until the copy is durable.
    var from: FactPlace
    /// The page of the copy.
    var to: UInt64
}
