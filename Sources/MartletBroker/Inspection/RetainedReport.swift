import BrokerEngine

/// A retained message, for an operator.
package struct RetainedReport: Codable, Sendable, Equatable {
    package var topic: String
    package var qos: Int
    package var payloadBytes: Int
    /// Seconds since it arrived.
    package var age: Int
    /// Seconds until it expires; nil for never.
    package var expiresIn: Int?
    /// What it says, as far as it is shown; goes out as one of the next two.
    package var payload: [UInt8]?
    /// What it says, where it is text and was asked for by its topic; perhaps not whole, see ``isCut``.
    package var text: String?
    /// What it says, in base64, where it is no text.
    package var base64: String?
    /// Whether only the beginning is shown.
    package var isCut: Bool?

    init(_ message: InspectedRetained) {
        topic = message.topic
        qos = Int(message.qos)
        payloadBytes = message.payloadBytes
        age = message.age
        expiresIn = message.expiresIn
        payload = message.payload
        isCut = message.payload.map { $0.count < message.payloadBytes }
    }

    private enum CodingKeys: String, CodingKey {
        case topic, qos, payloadBytes, age, expiresIn, text, base64, isCut
    }
}
