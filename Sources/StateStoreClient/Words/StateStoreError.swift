/// Why a state store did not do what it was asked.
public struct StateStoreError: Error, Sendable {
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
}

extension StateStoreError: CustomStringConvertible {
    /// The code, the message and the cause in one line.
    public var description: String {
        var text = "\(self.code): \(self.message)"
        if let cause = self.cause { text += "; cause: \(cause)" }
        return text
    }
}
