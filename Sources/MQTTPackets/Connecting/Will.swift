package import NIOCore

/// The message that the server publishes when a client dies (MQTT 5.0 §3.1.2.5).
package struct Will: Sendable, Equatable {
    /// The topic to publish to.
    package var topic: String
    /// The content; may be empty.
    package var payload: ByteBuffer
    /// The quality of service to publish with.
    package var qos: QoS
    /// Whether it is to be retained.
    package var retain: Bool
    /// The properties; none in 3.1.1.
    package var properties: WillProperties

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - topic: The topic to publish to.
    ///   - payload: The content; may be empty.
    ///   - qos: The quality of service to publish with.
    ///   - retain: Whether it is to be retained.
    ///   - properties: The properties; none in 3.1.1.
    package init(
        topic: String,
        payload: ByteBuffer = ByteBuffer(),
        qos: QoS = .atMostOnce,
        retain: Bool = false,
        properties: WillProperties = WillProperties()
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
    }
}
