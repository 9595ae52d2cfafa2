/// A handler to subclass.
///
/// A service whose handlers share behaviour makes a class of its own below this one, and its handlers below
/// that; each may override any method and call `super`.
///
/// ```swift
/// // Safe because it stores nothing.
/// class AuditedHandler<Message: Decodable>: OpenHandler<Message>, @unchecked Sendable {
///     override func handle(_ message: Message, context: HandlerContext) async throws {
///         try context.publish(text: context.topic, to: "audit/\(context.handler)")
///     }
/// }
///
/// // Safe because it stores nothing.
/// final class OrderHandler: AuditedHandler<Order>, @unchecked Sendable {
///     override func handle(_ order: Order, context: HandlerContext) async throws {
///         try await super.handle(order, context: context)
///         …
///     }
/// }
/// ```
///
/// The compiler can not prove a class that may be subclassed to be safe across threads, hence `@unchecked
/// Sendable` on each: a worker calls a handler from several threads at once, so a subclass keeps only
/// constants, or state behind a lock such as `Mutex`.
// Safe because this class stores nothing but one constant of a Sendable type.
open class OpenHandler<Message>: Handler, @unchecked Sendable {
    private let givenCodec: any MessageCodec<Message>

    /// Makes a handler whose payloads are decoded by a codec.
    ///
    /// - Parameter codec: Decodes payloads, for example ``JSONMessageCodec``.
    public init(codec: any MessageCodec<Message>) {
        self.givenCodec = codec
    }

    /// Decodes payloads: the codec given to the initialiser.
    open var codec: any MessageCodec<Message> { givenCodec }

    /// Handles one message; here it does nothing, so that a subclass may always call `super`.
    ///
    /// - Parameters:
    ///   - message: The decoded payload.
    ///   - context: Where the message came from, and what the handler can do besides returning.
    /// - Throws: Any error, to have the message tried again.
    open func handle(_ message: Message, context: HandlerContext) async throws {}

    /// Says what happens to a message whose handling threw: tries again after any error but ``PermanentError``
    /// and ``DiscardError``.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - context: The context of the attempt that failed.
    /// - Returns: Whether to try again, to give it to the dead letter topic at once, or to drop it.
    open func failureAction(for error: any Error, context: HandlerContext) -> FailureAction {
        .usual(for: error)
    }

    /// Prepares the handler, before the worker takes the first message; here it does nothing.
    ///
    /// - Throws: Any error, to end the worker before it started.
    open func start() async throws {}

    /// Cleans up, after the last message was handled or handed back; here it does nothing.
    open func stop() async {}
}

extension OpenHandler where Message: Decodable {
    /// Makes a handler of JSON messages.
    public convenience init() {
        self.init(codec: JSONMessageCodec())
    }
}
