/// A delivery without its acknowledgement.
package struct InspectedDelivery: Sendable, Equatable {
    package var packetIdentifier: UInt16
    package var topic: String
    package var payloadBytes: Int
    /// Seconds since the message arrived.
    package var age: Int
    /// The shared group it belongs to; nil for one of the session's own.
    package var group: String?
}
