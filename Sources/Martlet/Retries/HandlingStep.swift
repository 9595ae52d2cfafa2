/// A step in the handling of one message, at whose end a test may have the worker die.
package enum HandlingStep: Sendable {
    /// The message was taken; the handler is about to be called.
    case taken
    /// The handler has returned; nothing of what it published was sent.
    case returned
    /// What the handler published has arrived; the message is about to be acknowledged.
    case published
}
