import BrokerEngine

/// A member of a shared group, for an operator.
package struct MemberReport: Codable, Sendable, Equatable {
    package var client: String
    package var isConnected: Bool
    package var qos: Int
    /// The deliveries of all its groups in flight to it.
    package var inflight: Int
    /// Nil while it is away.
    package var receiveMaximum: Int?

    init(_ member: InspectedMember) {
        client = member.clientIdentifier
        isConnected = member.isConnected
        qos = Int(member.qos)
        inflight = member.inflight
        receiveMaximum = member.receiveMaximum
    }
}
