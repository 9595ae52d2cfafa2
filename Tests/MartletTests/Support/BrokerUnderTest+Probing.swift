import MQTTClient

extension BrokerUnderTest {
    /// Publishes texts when somebody subscribes to their topics; a message to nobody would be lost, and that is nobody's fault.
    func publishUntilRouted(_ texts: [String], to topic: @escaping @Sendable (String) -> String) async throws {
        try await withClient("prober") { client in
            for text in texts {
                while true {
                    let result = try await client.publish(MQTTMessage(topic: topic(text), text: text))
                    if result.reasonCode != .noMatchingSubscribers { break }
                    await Task.yield()
                }
            }
        }
    }

    /// Publishes probes to a topic until so many replicas have handled one: then all of them share the messages that come.
    func waitForSubscribers(of topic: String, replicas: Tally, count: Int) async throws {
        try await withClient("prober") { client in
            while replicas.counts.count < count {
                _ = try await client.publish(MQTTMessage(topic: topic, text: "probe"))
                await Task.yield()
            }
        }
    }
}
