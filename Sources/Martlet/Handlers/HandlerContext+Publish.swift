public import MQTTClient
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension HandlerContext {
    /// Publishes a message together with the acknowledgement of the handled one.
    ///
    /// The message is staged. It is sent after the handler has returned, and the handled message is
    /// acknowledged when the broker has taken it; if the handler throws, it is never sent.
    ///
    /// - Parameter message: The message.
    /// - Throws: ``WorkerError`` when no message can have that topic, when the handler published too much, or
    ///   when it has returned already.
    public func publish(_ message: MQTTMessage) throws(WorkerError) {
        try stage.append(message)
    }

    /// Publishes a value as a JSON document together with the acknowledgement of the handled message.
    ///
    /// The keys are sorted, so that equal values give equal bytes.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - topic: Where to publish; no wildcards.
    ///   - retain: Whether the broker keeps the message for later subscribers.
    ///   - properties: What travels with it; the content type is `application/json` if none is given.
    /// - Throws: What the value's encoding throws, or ``WorkerError`` as ``publish(_:)`` does.
    public func publish(
        _ value: some Encodable,
        to topic: String,
        retain: Bool = false,
        properties: MQTTMessageProperties = MQTTMessageProperties()
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var properties = properties
        properties.contentType = properties.contentType ?? "application/json"
        let payload = ByteBuffer(bytes: try encoder.encode(value))
        try publish(MQTTMessage(topic: topic, payload: payload, retain: retain, properties: properties))
    }

    /// Publishes bytes together with the acknowledgement of the handled message.
    ///
    /// - Parameters:
    ///   - bytes: The payload.
    ///   - topic: Where to publish; no wildcards.
    ///   - retain: Whether the broker keeps the message for later subscribers.
    ///   - properties: What travels with it.
    /// - Throws: ``WorkerError`` as ``publish(_:)`` does.
    public func publish(
        bytes: some Sequence<UInt8>,
        to topic: String,
        retain: Bool = false,
        properties: MQTTMessageProperties = MQTTMessageProperties()
    ) throws(WorkerError) {
        let payload = ByteBuffer(bytes: bytes)
        try publish(MQTTMessage(topic: topic, payload: payload, retain: retain, properties: properties))
    }

    /// Publishes text together with the acknowledgement of the handled message.
    ///
    /// - Parameters:
    ///   - text: The payload.
    ///   - topic: Where to publish; no wildcards.
    ///   - retain: Whether the broker keeps the message for later subscribers.
    ///   - properties: What travels with it.
    /// - Throws: ``WorkerError`` as ``publish(_:)`` does.
    public func publish(
        text: String,
        to topic: String,
        retain: Bool = false,
        properties: MQTTMessageProperties = MQTTMessageProperties()
    ) throws(WorkerError) {
        try publish(MQTTMessage(topic: topic, text: text, retain: retain, properties: properties))
    }
}
