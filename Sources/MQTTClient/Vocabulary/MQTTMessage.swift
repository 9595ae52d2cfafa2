public import NIOCore

/// A message as the application sees it (MQTT 5.0 §3.3).
public struct MQTTMessage: Sendable, Hashable {
    /// Where the message is published; no wildcards.
    public var topic: String
    /// The content.
    ///
    /// The payload of a received message is a slice of what was read from the network: whoever keeps it for long
    /// should copy it, because it holds the whole read (64 KiB or one packet, whichever is more) in memory.
    public var payload: ByteBuffer
    /// How often the message may arrive.
    public var qos: MQTTQoS
    /// Whether the server keeps the message for later subscribers; on a received one, whether it comes from there.
    public var retain: Bool
    /// What travels with the message.
    public var properties: MQTTMessageProperties

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - topic: Where to publish; no wildcards.
    ///   - payload: The content.
    ///   - qos: How often it may arrive.
    ///   - retain: Whether the server keeps it for later subscribers.
    ///   - properties: What travels with it.
    public init(
        topic: String,
        payload: ByteBuffer,
        qos: MQTTQoS = .atLeastOnce,
        retain: Bool = false,
        properties: MQTTMessageProperties = MQTTMessageProperties()
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
    }

    /// Makes a message whose payload is text.
    ///
    /// - Parameters:
    ///   - topic: Where to publish; no wildcards.
    ///   - text: The content.
    ///   - qos: How often it may arrive.
    ///   - retain: Whether the server keeps it for later subscribers.
    ///   - properties: What travels with it.
    public init(
        topic: String,
        text: String,
        qos: MQTTQoS = .atLeastOnce,
        retain: Bool = false,
        properties: MQTTMessageProperties = MQTTMessageProperties()
    ) {
        self.init(topic: topic, payload: ByteBuffer(string: text), qos: qos, retain: retain, properties: properties)
    }

    /// The payload read as UTF-8; what is not UTF-8 is replaced by U+FFFD.
    public var text: String { String(buffer: self.payload) }
}
