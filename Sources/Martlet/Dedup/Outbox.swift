import MQTTClient
import NIOCore

/// Messages that are to be published behind a write, as the mark of the write keeps them (level B).
///
/// A varint with their number, then of each: a byte of flags (1 retain, 2 QoS 1, 4 expiry, 8 content type, 16 response topic, 32
/// correlation data, 64 and 128 payload format 0 and 1), topic, payload, what the flags say in that order, and the user
/// properties: a varint with their number, then names and values. All stretches stand behind their length.
enum Outbox {
    /// What bounds an outbox.
    enum Limits {
        /// The most bytes that one message may have published beside a write.
        static let bytes = 64 << 10
        /// The most bytes of all outboxes of a value; past it, the oldest go.
        static let allBytes = 256 << 10
    }

    /// Writes messages.
    ///
    /// - Parameter messages: The messages.
    /// - Returns: Their bytes; none for no messages.
    static func encode(_ messages: [MQTTMessage]) -> [UInt8] {
        guard !messages.isEmpty else { return [] }
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(messages.count))
        for message in messages {
            let properties = message.properties
            var flags: UInt8 = message.retain ? 1 : 0
            if message.qos == .atLeastOnce { flags |= 2 }
            if properties.expiry != nil { flags |= 4 }
            if properties.contentType != nil { flags |= 8 }
            if properties.responseTopic != nil { flags |= 16 }
            if properties.correlationData != nil { flags |= 32 }
            if let format = properties.payloadFormat { flags |= format == .bytes ? 64 : 128 }
            bytes.append(flags)
            bytes.append(counted: Array(message.topic.utf8))
            bytes.append(counted: Array(message.payload.readableBytesView))
            if let expiry = properties.expiry { bytes.append(varint: UInt64(clamping: expiry.wholeMilliseconds)) }
            if let type = properties.contentType { bytes.append(counted: Array(type.utf8)) }
            if let topic = properties.responseTopic { bytes.append(counted: Array(topic.utf8)) }
            if let data = properties.correlationData { bytes.append(counted: data) }
            bytes.append(varint: UInt64(properties.userProperties.count))
            for property in properties.userProperties {
                bytes.append(counted: Array(property.name.utf8))
                bytes.append(counted: Array(property.value.utf8))
            }
        }
        return bytes
    }

    /// Reads messages.
    ///
    /// - Parameter bytes: What ``encode(_:)`` gave.
    /// - Returns: The messages, or `nil` when the bytes are none.
    static func decode(_ bytes: [UInt8]) -> [MQTTMessage]? {
        guard !bytes.isEmpty else { return [] }
        var reader = ByteReader(bytes)
        guard let count = reader.varint(), count <= UInt64(bytes.count) else { return nil }
        var messages: [MQTTMessage] = []
        for _ in 0..<count {
            guard let message = message(&reader) else { return nil }
            messages.append(message)
        }
        return messages
    }

    private static func message(_ reader: inout ByteReader) -> MQTTMessage? {
        guard let flags = reader.bytes(1)?.first, let topic = text(&reader), let payload = reader.counted() else {
            return nil
        }
        var properties = MQTTMessageProperties()
        if flags & 4 != 0 {
            guard let expiry = reader.varint() else { return nil }
            properties.expiry = .milliseconds(Int64(clamping: expiry))
        }
        if flags & 8 != 0 {
            guard let type = text(&reader) else { return nil }
            properties.contentType = type
        }
        if flags & 16 != 0 {
            guard let topic = text(&reader) else { return nil }
            properties.responseTopic = topic
        }
        if flags & 32 != 0 {
            guard let data = reader.counted() else { return nil }
            properties.correlationData = Array(data)
        }
        if flags & 192 != 0 { properties.payloadFormat = flags & 64 != 0 ? .bytes : .utf8 }
        guard let count = reader.varint(), count <= UInt64(reader.rest.count) else { return nil }
        for _ in 0..<count {
            guard let name = text(&reader), let value = text(&reader) else { return nil }
            properties.userProperties.append(MQTTUserProperty(name, value))
        }
        return MQTTMessage(
            topic: topic,
            payload: ByteBuffer(bytes: payload),
            qos: flags & 2 != 0 ? .atLeastOnce : .atMostOnce,
            retain: flags & 1 != 0,
            properties: properties
        )
    }

    private static func text(_ reader: inout ByteReader) -> String? {
        reader.counted().flatMap { String(validating: $0, as: UTF8.self) }
    }
}
