/// The answer to a request, and how sure it is that the request was worked on once.
package struct MQTTAnswer: Sendable {
    /// The answer.
    package var message: MQTTMessage
    /// Whether the request was sent more than once, so that it may have been worked on before the time it was answered.
    package var wasResent: Bool
}
