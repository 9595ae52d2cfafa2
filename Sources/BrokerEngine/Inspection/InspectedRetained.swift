/// A retained message as an operator sees it.
package struct InspectedRetained: Sendable, Equatable {
    package var topic: String
    package var qos: UInt8
    package var payloadBytes: Int
    /// Seconds since it arrived.
    package var age: Int
    /// Seconds until it expires; nil for never.
    package var expiresIn: Int?
    /// What it says, up to ``EngineLimits/inspectedPayloadBytes``; nil where it is only listed.
    package var payload: [UInt8]?
}
