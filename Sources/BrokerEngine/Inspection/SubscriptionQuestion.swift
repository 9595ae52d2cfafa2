package import MQTTPackets

/// Which subscriptions an inspection lists.
package struct SubscriptionQuestion: Sendable {
    /// Only those of this client.
    package var client: [UInt8]?
    /// Only those whose own filter, without its share, lies within this one (`a/#` takes `a/+/b`).
    package var within: TopicFilter?
    /// Only those that get a message to this topic.
    package var topic: [UInt8]?

    package init(client: [UInt8]? = nil, within: TopicFilter? = nil, topic: [UInt8]? = nil) {
        self.client = client
        self.within = within
        self.topic = topic
    }
}
