import Foundation
import MQTTClient
import NIOCore
import Temperatures

/// A plain member of the workers' group: before the first worker is there it keeps the group, after the last one it takes what is left.
struct GroupAuditor: Sendable {
    private static let filter = "$share/\(Temperatures.group)/\(Temperatures.inputFilter)"
    /// Behind this message nothing is left.
    private static let end = "temperatures/readings/end-of-audit"

    /// A client of the same session each time, not running yet.
    let client: MQTTClient

    /// Joins the group and leaves it, its session staying in it: what is published from now on waits for the workers.
    func keepGroup() async throws {
        let answers = try await client.subscribe([MQTTSubscription(Self.filter)])
        guard answers.allSatisfy({ !$0.isError }) else { throw CommandFailure("the broker refused \(answers)") }
    }

    /// Takes what the group still has, when no worker is in it any more: the names of the readings.
    func takeLeftOver() async throws -> [String] {
        // The queue of a group is in order: what was there before comes before it.
        _ = try await client.publish(MQTTMessage(topic: Self.end, text: "end"))
        var left: [String] = []
        for await delivery in client.deliveries {
            delivery.acknowledge()
            if delivery.message.topic == Self.end { return left }
            left.append(Self.name(of: delivery.message))
        }
        throw CommandFailure("the connection that looks at what is left ended early")
    }

    private static func name(of message: MQTTMessage) -> String {
        struct Head: Decodable {
            var station: String
            var date: String
            var hour: Int
        }
        guard let head = try? JSONDecoder().decode(Head.self, from: Data(message.payload.readableBytesView)) else {
            return message.topic
        }
        return "\(head.station)/\(head.date)/\(head.hour)"
    }
}
