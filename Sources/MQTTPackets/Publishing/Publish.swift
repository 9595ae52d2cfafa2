package import NIOCore

/// A message (MQTT 5.0 §3.3).
package struct Publish: Sendable, Equatable {
    /// Whether this may have been sent before (§3.3.1.1).
    package var dup: Bool
    /// The quality of service (§3.3.1.2).
    package var qos: QoS
    /// Whether it is to be retained, or was (§3.3.1.3).
    package var retain: Bool
    /// The topic; empty only beside a topic alias (§3.3.2.1).
    package var topic: String
    /// Nil if and only if the quality of service is 0 (§3.3.2.2).
    package var packetIdentifier: UInt16?
    /// The properties; none in 3.1.1.
    package var properties: PublishProperties
    /// The content; may be empty.
    ///
    /// A decoded one is a slice of what was read, and keeps all of that alive.
    package var payload: ByteBuffer

    /// Makes it; what is left out has the protocol's default.
    ///
    /// - Parameters:
    ///   - dup: Whether this may have been sent before (§3.3.1.1).
    ///   - qos: The quality of service (§3.3.1.2).
    ///   - retain: Whether it is to be retained, or was (§3.3.1.3).
    ///   - topic: The topic; empty only beside a topic alias (§3.3.2.1).
    ///   - packetIdentifier: Nil if and only if the quality of service is 0 (§3.3.2.2).
    ///   - properties: The properties; none in 3.1.1.
    ///   - payload: The content; may be empty.
    package init(
        dup: Bool = false,
        qos: QoS = .atMostOnce,
        retain: Bool = false,
        topic: String,
        packetIdentifier: UInt16? = nil,
        properties: PublishProperties = PublishProperties(),
        payload: ByteBuffer = ByteBuffer()
    ) {
        self.dup = dup
        self.qos = qos
        self.retain = retain
        self.topic = topic
        self.packetIdentifier = packetIdentifier
        self.properties = properties
        self.payload = payload
    }
}
