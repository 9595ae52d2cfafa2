/// What went wrong, and why.
public struct MQTTClientError: Error, Sendable {
    /// What kind of failure it is.
    public var code: Code
    /// What happened, in a sentence for people.
    public var message: String
    /// What the server answered, when the failure is an answer of the server.
    public var reasonCode: MQTTReasonCode?
    /// The server to use instead, when this one sends clients elsewhere (MQTT 5.0 §4.11).
    public var serverReference: String?
    /// The failure beneath, if there is one.
    public var cause: (any Error)?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: What kind of failure it is.
    ///   - message: What happened, in a sentence for people.
    ///   - reasonCode: What the server answered.
    ///   - cause: The failure beneath.
    public init(_ code: Code, _ message: String, reasonCode: MQTTReasonCode? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.reasonCode = reasonCode
        self.cause = cause
    }
}

extension MQTTClientError: CustomStringConvertible {
    /// The code, the message, the server's reason and the cause in one line.
    public var description: String {
        var text = "\(self.code): \(self.message)"
        if let reasonCode = self.reasonCode {
            text += " (reason \(reasonCode))"
        }
        if let cause = self.cause {
            text += "; cause: \(cause)"
        }
        return text
    }
}
