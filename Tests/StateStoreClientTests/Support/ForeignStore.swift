import MQTTPackets
import NIOCore
import ScriptedPeer

/// A broker with a state store, at the other end of a client's connection, that does what the test says.
struct ForeignStore {
    var connection: PeerConnection
    private var lastIdentifier: UInt16 = 0

    init(connection: PeerConnection) { self.connection = connection }

    /// Takes the next request; subscriptions before it are granted, acknowledgements passed over.
    ///
    /// - Parameters:
    ///   - reason: What its PUBACK says.
    ///   - acknowledging: Whether it gets one.
    /// - Returns: The request.
    /// - Throws: What goes wrong on the socket.
    mutating func takeRequest(
        reason: ReasonCode = .success,
        acknowledging: Bool = true
    ) async throws -> Publish {
        while true {
            switch try await connection.receive() {
            case .publish(let request):
                if acknowledging {
                    var puback = PubAck(packetIdentifier: request.packetIdentifier ?? 0)
                    puback.reasonCode = reason
                    try await connection.send(.puback(puback))
                }
                return request
            case .subscribe(let subscribe):
                let codes = subscribe.filters.map { ReasonCode(rawValue: $0.qos.rawValue) }
                try await connection.send(
                    .suback(SubAck(packetIdentifier: subscribe.packetIdentifier, reasonCodes: codes))
                )
            case .puback: continue
            default: throw PeerError.unexpected
            }
        }
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - payload: The payload, in text.
    ///   - properties: The user properties; `__stat` 200 if none are given.
    ///   - version: What `__ts` is to be; `nil` for none.
    /// - Throws: What goes wrong on the socket.
    mutating func answer(
        _ request: Publish,
        _ payload: String,
        _ properties: [(String, String)] = [("__stat", "200"), ("__protVer", "1.0")],
        version: String? = nil
    ) async throws {
        lastIdentifier += 1
        var answer = Publish(topic: request.properties.responseTopic ?? "", payload: ByteBuffer(string: payload))
        answer.qos = .atLeastOnce
        answer.packetIdentifier = lastIdentifier
        answer.properties.correlationData = request.properties.correlationData
        let all = properties + (version.map { [("__ts", $0)] } ?? [])
        answer.properties.userProperties = all.map { UserProperty(name: $0.0, value: $0.1) }
        try await connection.send(.publish(answer))
    }
}

extension Publish {
    /// The payload as text.
    var text: String { String(buffer: payload) }
}
