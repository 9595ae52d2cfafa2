/// Enhanced authentication: a method by which client and server prove to each other who they are, in as many steps as it takes (MQTT 5.0 §4.12).
///
/// ```swift
/// configuration.authentication = MQTTAuthentication(method: "SCRAM-SHA-256") { step in
///     switch step {
///     case .begin: return exchange.first()
///     case .challenge(let challenge): return try exchange.answer(challenge)
///     case .accepted(let last):
///         try exchange.verify(last)
///         return nil
///     }
/// }
/// ```
public struct MQTTAuthentication: Sendable {
    /// Where in an exchange it stands.
    public enum Step: Sendable, Hashable {
        /// An exchange begins, with CONNECT or on a live connection; one that was under way is over.
        case begin
        /// The server asks for one step more, with this data.
        case challenge([UInt8])
        /// The server accepted, with this data as its last word; what is returned is not sent.
        case accepted([UInt8])
    }

    /// The name of the method.
    public var method: String
    /// What the client says to a step; nil to say nothing.
    ///
    /// It is called on the event loop of the connection and may not block. What it throws ends the connection, for good.
    public var respond: @Sendable (Step) throws -> [UInt8]?

    /// Makes a method.
    ///
    /// - Parameters:
    ///   - method: The name of the method.
    ///   - respond: What the client says to a step.
    public init(method: String, respond: @escaping @Sendable (Step) throws -> [UInt8]?) {
        self.method = method
        self.respond = respond
    }
}
