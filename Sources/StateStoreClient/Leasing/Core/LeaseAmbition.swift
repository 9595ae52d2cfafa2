/// How much a candidate wants a lease.
package enum LeaseAmbition: Sendable, Hashable {
    /// It asks until it has an answer, and gives up when another has it.
    case once
    /// It waits until it has it, and ends when it has lost it.
    case wait
    /// It waits until it has it, and begins again when it has lost it.
    case always
}
