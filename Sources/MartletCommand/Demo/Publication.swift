/// What tells one publish of a result from another one.
///
/// The observer of the results may get one publish twice: it was killed off with its broker before its acknowledgement was durable. Such
/// a repetition has the same `martlet-id`, which the broker gives to a message once, and the same mark, which the handler that published
/// it drew. Whatever differs in one of them is another publish.
struct Publication: Hashable, Sendable {
    /// The broker's name of the message.
    var identifier: String?
    /// The mark of the handling that published it.
    var mark: String?
}
