/// Handles the messages of one topic filter.
///
/// A message is acknowledged after ``handle(_:context:)`` has returned and what it published has arrived; there
/// is nothing to acknowledge by hand. What the handler throws decides what comes next: see
/// ``failureAction(for:context:)``.
///
/// A worker calls one handler from several threads at once, so a handler keeps what it changes behind a lock,
/// or elsewhere. The same message may come more than once after a crash (guarantee level C), so handling it
/// again must do no harm.
///
/// ```swift
/// struct OrderHandler: Handler {
///     func handle(_ order: Order, context: HandlerContext) async throws {
///         try context.publish(Invoice(for: order), to: "invoices/\(order.id)")
///     }
/// }
/// ```
///
/// A class hierarchy starts at ``OpenHandler``, or at a class of the service's own that conforms to this protocol.
public protocol Handler<Message>: Sendable {
    /// What the payload is decoded into.
    associatedtype Message

    /// Decodes payloads.
    ///
    /// Without one of the handler's own: JSON for a `Decodable` message, the bytes as they are for `ByteBuffer`
    /// and `[UInt8]`.
    var codec: any MessageCodec<Message> { get }

    /// Handles one message.
    ///
    /// - Parameters:
    ///   - message: The decoded payload.
    ///   - context: Where the message came from, and what the handler can do besides returning.
    /// - Throws: Any error, to have the message tried again; ``PermanentError`` or ``DiscardError`` to not have
    ///   it tried again.
    func handle(_ message: Message, context: HandlerContext) async throws

    /// Says what happens to a message whose handling threw.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - context: The context of the attempt that failed.
    /// - Returns: Whether to try again, to give it to the dead letter topic at once, or to drop it.
    func failureAction(for error: any Error, context: HandlerContext) -> FailureAction

    /// Prepares the handler, before the worker takes the first message.
    ///
    /// - Throws: Any error, to end the worker before it started.
    func start() async throws

    /// Cleans up, after the last message was handled or handed back.
    func stop() async
}

extension Handler {
    /// Tries again after any error but ``PermanentError`` and ``DiscardError``.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - context: The context of the attempt that failed.
    /// - Returns: The action that belongs to the error's type.
    public func failureAction(for error: any Error, context: HandlerContext) -> FailureAction {
        .usual(for: error)
    }

    /// Prepares nothing.
    ///
    /// - Throws: Never.
    public func start() async throws {}

    /// Cleans up nothing.
    public func stop() async {}
}
