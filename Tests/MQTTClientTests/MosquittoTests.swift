import MQTTClient
import MosquittoServer
import Testing

@Suite("Against mosquitto", .timeLimit(.minutes(1)))
struct MosquittoTests {
    @Test func publishesSubscribesAndAcknowledges() async throws {
        let broker = try await Mosquitto()
        try await withClient(.testing(broker.endpoint)) { client in
            let codes = try await client.subscribe([MQTTSubscription("a/+"), MQTTSubscription("b", qos: .atMostOnce)])
            #expect(codes == [.grantedQoS1, .grantedQoS0])
            for number in 0..<100 {
                try await client.publish(MQTTMessage(topic: "a/\(number)", text: "\(number)"))
            }
            var numbers: [String] = []
            for await delivery in client.deliveries {
                numbers.append(delivery.message.text)
                delivery.acknowledge()
                if numbers.count == 100 { break }
            }
            #expect(numbers == (0..<100).map(String.init))
        }
    }
}
