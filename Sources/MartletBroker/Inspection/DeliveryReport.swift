import BrokerEngine

/// A delivery without its acknowledgement, for an operator.
package struct DeliveryReport: Codable, Sendable, Equatable {
    package var packetIdentifier: Int
    package var topic: String
    package var payloadBytes: Int
    /// Seconds since the message arrived.
    package var age: Int
    /// The shared group it belongs to; nil for one of the session's own.
    package var group: String?

    init(_ delivery: InspectedDelivery) {
        packetIdentifier = Int(delivery.packetIdentifier)
        topic = delivery.topic
        payloadBytes = delivery.payloadBytes
        age = delivery.age
        group = delivery.group
    }
}
