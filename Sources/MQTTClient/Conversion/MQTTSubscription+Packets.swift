import MQTTPackets

extension MQTTSubscription {
    /// What keeps the subscription from being asked for, if anything does.
    var problem: MQTTClientError? {
        let filter = self.topicFilter.debugDescription
        if let identifier = self.identifier, !(1...268_435_455).contains(identifier) {
            return MQTTClientError(.invalidArgument, "\(filter): \(identifier) is not a subscription identifier")
        }
        do {
            let parsed = try TopicFilter(self.topicFilter, limits: .ofClient)
            if self.noLocal, parsed.share != nil {
                return MQTTClientError(
                    .invalidArgument,
                    "\(filter): a shared subscription can not be without local messages"
                )
            }
            return nil
        } catch {
            return MQTTClientError(.invalidArgument, "\(filter): \(error.message)", cause: error)
        }
    }
}

extension SubscribeFilter {
    init(_ subscription: MQTTSubscription) {
        let handling: RetainHandling =
            switch subscription.retainHandling {
            case .sendAtSubscribe: .sendAlways
            case .sendIfNew: .sendIfNew
            case .doNotSend: .sendNever
            }
        self.init(
            filter: subscription.topicFilter,
            qos: QoS(subscription.qos),
            noLocal: subscription.noLocal,
            retainAsPublished: subscription.retainAsPublished,
            retainHandling: handling
        )
    }
}
