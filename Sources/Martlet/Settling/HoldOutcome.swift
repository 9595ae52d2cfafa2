/// What came of giving a message back for a while.
enum HoldOutcome: Sendable {
    /// The broker has it: it comes again, here or elsewhere, and its delivery is to be acknowledged.
    case held
    /// Nobody holds it: it waits here, in its slot.
    case inPlace
    /// Another replica has it already.
    case gone
    /// Nobody knows: the connection was lost.
    case lost
}
