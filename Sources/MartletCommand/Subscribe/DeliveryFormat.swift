import ArgumentParser
import MQTTClient
import NIOCore

/// How `martlet sub` prints a message.
struct DeliveryFormat: ExpressibleByArgument, Sendable {
    private var parts: [Part]

    enum Part: Equatable, Sendable {
        case text(String)
        case field(Field)
        case property(String)
        case object
    }

    enum Field: String, Sendable, CaseIterable {
        case topic, payload, hex, qos, retain, redelivered, expiry
        case contentType = "content-type"
        case responseTopic = "response-topic"
    }

    /// The payload and a newline.
    static let payload = DeliveryFormat(parts: [.field(.payload), .text("\n")])
    /// One line of JSON.
    static let json = DeliveryFormat(parts: [.object, .text("\n")])

    private init(parts: [Part]) {
        self.parts = parts
    }

    /// Reads a format: fields in braces, and `\n`, `\t`, `\0`, `\\`; a newline is added.
    init?(argument: String) {
        var parts: [Part] = []
        var text = ""
        var rest = argument[...]
        while let character = rest.popFirst() {
            if character == "\\" {
                guard let escape = rest.popFirst(), let meaning = Self.escapes[escape] else { return nil }
                text += meaning
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}"), let part = Self.part(named: rest[..<end]) else { return nil }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(part)
                rest = rest[rest.index(after: end)...]
            } else {
                text.append(character)
            }
        }
        self.parts = parts + [.text(text + "\n")]
    }

    private static let escapes: [Character: String] = ["n": "\n", "t": "\t", "0": "\0", "\\": "\\"]

    private static func part(named name: Substring) -> Part? {
        let property = "property:"
        if name.hasPrefix(property) { return .property(String(name.dropFirst(property.count))) }
        return Field(rawValue: String(name)).map(Part.field)
    }

    /// The bytes that are printed for the delivery.
    func line(for delivery: MQTTDelivery) -> [UInt8] {
        parts.flatMap { part -> [UInt8] in
            switch part {
            case .text(let text): Array(text.utf8)
            case .field(let field): bytes(of: field, in: delivery)
            case .property(let name): Array((delivery.message.properties.userProperty(name) ?? "").utf8)
            case .object: Array(JSONLine.encode(DeliveryObject(delivery)).utf8)
            }
        }
    }

    private func bytes(of field: Field, in delivery: MQTTDelivery) -> [UInt8] {
        let message = delivery.message
        let text =
            switch field {
            case .payload: ""
            case .topic: message.topic
            case .hex: message.payload.readableBytesView.map { Self.hexadecimal($0) }.joined()
            case .qos: "\(message.qos.rawValue)"
            case .retain: "\(message.retain)"
            case .redelivered: "\(delivery.redelivered)"
            case .expiry: message.properties.expiry.map { "\($0.components.seconds)" } ?? ""
            case .contentType: message.properties.contentType ?? ""
            case .responseTopic: message.properties.responseTopic ?? ""
            }
        return field == .payload ? Array(message.payload.readableBytesView) : Array(text.utf8)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
