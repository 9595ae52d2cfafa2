import Foundation
import MQTTClient
import NIOCore

/// A message as `martlet sub --json` prints it.
struct DeliveryObject: Encodable {
    var topic: String
    /// The payload, where it is UTF-8.
    var payload: String?
    /// The payload in Base64, where it is not.
    var payloadBase64: String?
    var qos: Int
    var retain: Bool
    var redelivered: Bool
    var expirySeconds: Int64?
    var contentType: String?
    var responseTopic: String?
    var correlationDataBase64: String?
    /// Names and values in their order; a name may stand there twice.
    var userProperties: [[String]]?

    init(_ delivery: MQTTDelivery) {
        let message = delivery.message
        let properties = message.properties
        self.topic = message.topic
        let bytes = Array(message.payload.readableBytesView)
        self.payload = String(validating: bytes, as: UTF8.self)
        self.payloadBase64 = payload == nil ? Data(bytes).base64EncodedString() : nil
        self.qos = Int(message.qos.rawValue)
        self.retain = message.retain
        self.redelivered = delivery.redelivered
        self.expirySeconds = properties.expiry?.components.seconds
        self.contentType = properties.contentType
        self.responseTopic = properties.responseTopic
        self.correlationDataBase64 = properties.correlationData.map { Data($0).base64EncodedString() }
        let pairs = properties.userProperties.map { [$0.name, $0.value] }
        self.userProperties = pairs.isEmpty ? nil : pairs
    }
}
