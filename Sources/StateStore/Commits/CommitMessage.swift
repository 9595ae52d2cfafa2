/// A message that a commit publishes.
package struct CommitMessage: Hashable, Sendable {
    /// The topic.
    package var topic: String
    /// The payload.
    package var payload: [UInt8]
    /// The quality of service, 0 to 2.
    package var qos: UInt8 = 1
    /// Whether it is to be retained.
    package var retain = false
    /// Seconds that it lives.
    package var expiry: UInt32?
    /// The content type.
    package var contentType: String?
    /// The payload format indicator, 0 or 1.
    package var payloadFormat: UInt8?
    /// The response topic.
    package var responseTopic: String?
    /// The correlation data.
    package var correlationData: [UInt8]?
    /// The user properties.
    package var userProperties: [CommitUserProperty] = []

    /// Makes a message; the rest is set on it.
    ///
    /// - Parameters:
    ///   - topic: The topic.
    ///   - payload: The payload.
    package init(topic: String, payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }
}
