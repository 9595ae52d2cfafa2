import BrokerAccess

extension ConnectionAccess {
    func publishes(_ topic: String) -> Bool { mayPublish(Array(topic.utf8).span) }

    func subscribes(_ filter: String) -> Bool { maySubscribe(Array(filter.utf8).span) }

    func reads(_ key: String) -> Bool { mayReadState(Array(key.utf8).span) }

    func writes(_ key: String) -> Bool { mayWriteState(Array(key.utf8).span) }

    func hasAnswers(at topic: String) -> Bool { mayHaveAnswers(at: Array(topic.utf8).span) }
}
