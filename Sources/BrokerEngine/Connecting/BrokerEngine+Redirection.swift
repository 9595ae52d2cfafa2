import MQTTPackets

/// Server redirection, and what else CONNACK and DISCONNECT tell of this server (MQTT 5.0 §4.11, §3.2.2.3.15).
extension BrokerEngine {
    /// Sends clients elsewhere from now on, or serves them again.
    ///
    /// Who connects is answered with 0x9C or 0x9D (3.1.1: server unavailable), before it has to prove who it is. Who is connected stays; at
    /// ``shutDown(at:)`` it is told the same instead of 0x8B.
    ///
    /// - Parameter redirection: Where to; nil to serve.
    package mutating func setRedirection(_ redirection: Redirection?) { self.redirection = redirection }

    /// What a client is told at the end of this server.
    var farewell: ReasonCode {
        guard let redirection else { return .serverShuttingDown }
        return redirection.isPermanent ? .serverMoved : .useAnotherServer
    }

    /// The Server Reference beside a reason; nil where it is none of redirection.
    func serverReference(for reason: ReasonCode) -> String? {
        reason == .serverMoved || reason == .useAnotherServer ? redirection?.reference : nil
    }

    /// The Response Information for a client: the basis of its response topics ([MQTT-3.1.2-28]: only for who asks).
    func responseInformation(for client: [UInt8]) -> String? {
        guard let prefix = configuration.responseTopicPrefix,
            !client.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") })
        else { return nil }
        return "\(prefix)/\(String(decoding: client, as: UTF8.self))"
    }

    /// Whether a payload is what its Payload Format Indicator says, where that is checked (MQTT 5.0 §3.3.2.3.2).
    func hasGoodFormat(_ indicator: UInt8?, _ payload: Span<UInt8>) -> Bool {
        guard configuration.checksPayloadFormat, indicator == 1 else { return true }
        do {
            _ = try UTF8Span(validating: payload)
            return true
        } catch {
            return false
        }
    }
}
