import Logging
import MQTTPackets
import NIOCore

extension ClientCore {
    /// Sends a request, and subscribes to its response topic if nobody has yet.
    ///
    /// SUBSCRIBE leaves before the request on the same connection, so the answer finds its way without waiting for SUBACK.
    func begin(_ operation: RequestOperation) {
        let topic = operation.packet.properties.responseTopic ?? self.requests.defaultTopic
        let given = operation.packet.properties.correlationData.map { Array($0.readableBytesView) }
        let correlation = given ?? self.requests.makeCorrelation(operation.number)
        if let error = self.problem(operation, topic, correlation) {
            self.turn.releasedMessages += 1
            self.turn.releasedBytes += operation.size
            self.turn.answers.append(.request(operation.reply, .failure(error)))
            return
        }
        if self.requests.useTopic(topic) {
            let subscription = MQTTSubscription(topic, qos: self.configuration.responseQoS, retainHandling: .doNotSend)
            let group = SubscriptionGroup(subscriptions: [subscription], identifier: nil, userProperties: [])
            self.subscriptions.add(
                SubscriptionOperation(
                    number: self.inbox.makeNumber(),
                    parts: [.subscribe(group)],
                    positions: [[0]]
                )
            )
        }
        self.requests.add(
            RequestBook.Waiting(
                number: operation.number,
                topic: Array(topic.utf8),
                deadline: operation.deadline,
                tellsLosses: operation.tellsLosses,
                unheardWait: operation.unheardWait,
                reply: operation.reply
            ),
            correlation
        )
        var packet = operation.packet
        packet.properties.responseTopic = topic
        packet.properties.correlationData = ByteBuffer(bytes: correlation)
        self.enqueue(
            PublishOperation(
                number: operation.number,
                packet: packet,
                size: operation.size,
                expiry: operation.expiry,
                deadline: nil,
                waiter: .request(correlation: correlation)
            )
        )
    }

    private func problem(
        _ operation: RequestOperation,
        _ topic: String,
        _ correlation: [UInt8]
    ) -> MQTTClientError? {
        if self.requests.count >= self.configuration.maximumPendingRequests {
            return MQTTClientError(.queueFull, "\(self.requests.count) requests wait for an answer already")
        }
        if self.requests.contains(correlation) {
            return MQTTClientError(.invalidArgument, "another request with the same correlation data waits")
        }
        if self.requests.isFull(for: topic) {
            return MQTTClientError(.queueFull, "answers come on \(RequestBook.maximumTopics) topics already")
        }
        return nil
    }

    /// Gives an answer to the request that waits for it.
    func handleResponse(_ publish: Publish) {
        guard let correlation = publish.properties.correlationData,
            let request = self.requests.remove(Array(correlation.readableBytesView))
        else {
            self.turn.unmatchedResponses += 1
            self.logger.debug("an answer for no request", metadata: ["topic": "\(publish.topic)"])
            return
        }
        self.turn.answers.append(
            .request(request.reply, .success(MQTTAnswer(message: MQTTMessage(publish), wasResent: request.isResent)))
        )
    }

    func failRequest(_ correlation: [UInt8], _ error: MQTTClientError) {
        guard let request = self.requests.remove(correlation) else { return }
        self.turn.answers.append(.request(request.reply, .failure(error)))
    }

    /// The server did not grant the subscription to a response topic.
    func responseTopicRefused(_ topic: String, _ code: MQTTReasonCode) {
        let message = "the server refused the subscription to the response topic \(topic)"
        self.responseTopicFailed(topic, MQTTClientError(.connectionRefused, message, reasonCode: code))
    }

    func responseTopicFailed(_ topic: String, _ error: MQTTClientError) {
        for request in self.requests.forgetTopic(topic) {
            self.turn.answers.append(.request(request.reply, .failure(error)))
        }
    }

    func abandonRequests(_ error: MQTTClientError, where isMeant: (RequestBook.Waiting) -> Bool) {
        for request in self.requests.remove(where: isMeant) {
            self.turn.answers.append(.request(request.reply, .failure(error)))
        }
    }

    /// Fails the requests whose answers can not come any more, as the connection that they came on is gone.
    ///
    /// Where the server itself answers, an answer at QoS 0 is as good as sent when it has acknowledged the request.
    func failLostRequests() {
        guard self.configuration.responseQoS == .atMostOnce else { return }
        let error = MQTTClientError(.answerLost, "the connection was lost after the server had taken the request")
        self.abandonRequests(error) { $0.tellsLosses && $0.isAcknowledged }
    }

    func expireRequests(_ now: Duration) {
        guard let earliest = self.requests.earliestDeadline, earliest <= now else { return }
        var late: Set<UInt64> = []
        let error = MQTTClientError(.timedOut, "no answer came in time")
        let unheard = MQTTClientError(
            .timedOut,
            "no answer came, and nobody subscribes to the topic of the request",
            reasonCode: .noMatchingSubscribers
        )
        for request in self.requests.remove(where: { $0.deadline <= now }) {
            late.insert(request.number)
            self.turn.answers.append(.request(request.reply, .failure(request.isUnheard ? unheard : error)))
        }
        self.requests.updateEarliestDeadline()
        // Nobody waits for the answer, so what was not sent need not be sent.
        if !late.isEmpty { self.abandonPublishes(error) { late.contains($0.number) } }
    }

    func failRequests(_ error: MQTTClientError) {
        self.abandonRequests(error) { _ in true }
    }
}
