/// What keeps a worker from starting or going on.
public struct WorkerError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// What happened, in a sentence for people.
    public var message: String
    /// The failure beneath, if there is one.
    public var cause: (any Error)?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: What kind of failure it is.
    ///   - message: What happened, in a sentence for people.
    ///   - cause: The failure beneath.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The code, the message and the cause in one line.
    public var description: String {
        "\(code): \(message)" + (cause.map { "; cause: \($0)" } ?? "")
    }
}
