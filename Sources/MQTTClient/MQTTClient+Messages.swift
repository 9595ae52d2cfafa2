import MQTTPackets

extension MQTTClient {
    /// Publishes a message and waits until the server acknowledged it; at QoS 0, until it was handed to the network.
    ///
    /// A message that was sent but not acknowledged when the connection ended is sent again, in order and marked as
    /// a duplicate, after the client came back. With QoS 2 it arrives once, and this returns when the handshake is over; when the server loses
    /// the session before it said that it has the message, this fails with ``MQTTClientError/Code/sessionLost``, because nobody knows.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - timeout: How long to wait, time without a connection included; `nil` for as long as it takes. A message that
    ///     was sent before the time was over may still arrive.
    /// - Returns: What the server said.
    /// - Throws: ``MQTTClientError``; with ``MQTTClientError/Code/publishRefused`` when the server did not take it.
    @discardableResult
    public func publish(
        _ message: MQTTMessage,
        timeout: Duration? = nil
    ) async throws(MQTTClientError) -> MQTTPublishResult {
        let packet = try message.packet()
        let size = message.size
        let now = timeout == nil && message.properties.expiry == nil ? .zero : self.core.clock.now()
        return try await self.ask(size: size) { number, reply in
            .publish(
                PublishOperation(
                    number: number,
                    packet: packet,
                    size: size,
                    expiry: message.properties.expiry.map { now + $0 },
                    deadline: timeout.map { now + $0 },
                    waiter: .task(reply)
                )
            )
        }
    }

    /// Publishes a request and waits for its answer (MQTT 5.0 §4.10).
    ///
    /// The message's response topic is used if it has one, else the client's own; the client subscribes to each such
    /// topic once. The message's correlation data is used if it has some, else the client makes it unique. Answers that
    /// come later than the time allows are dropped and counted.
    ///
    /// - Parameters:
    ///   - message: The request.
    ///   - timeout: How long to wait for the answer.
    /// - Returns: The answer.
    /// - Throws: ``MQTTClientError``; with ``MQTTClientError/Code/timedOut`` when no answer came in time.
    public func request(_ message: MQTTMessage, timeout: Duration) async throws(MQTTClientError) -> MQTTMessage {
        try await self.request(message, timeout: timeout, tellingLosses: false).message
    }

    /// Publishes a request to a party whose answers are on their way when it acknowledges, and waits for its answer.
    ///
    /// - Parameters:
    ///   - message: The request.
    ///   - timeout: How long to wait for the answer.
    ///   - tellingLosses: Whether to fail with ``MQTTClientError/Code/answerLost``, and not only in the end with
    ///     ``MQTTClientError/Code/timedOut``, when the connection is lost between acknowledgement and answer.
    ///   - unheardWait: How long to wait for the answer when the server says that nobody subscribes to the topic (MQTT 5.0
    ///     §3.4.2.1, reason 0x10); a server that answers by itself may say so, too. `nil` for as long as otherwise.
    /// - Returns: The answer.
    /// - Throws: ``MQTTClientError``.
    package func request(
        _ message: MQTTMessage,
        timeout: Duration,
        tellingLosses: Bool,
        unheardWait: Duration? = nil
    ) async throws(MQTTClientError) -> MQTTAnswer {
        let packet = try message.packet()
        let size = message.size
        let now = self.core.clock.now()
        return try await self.ask(size: size) { number, reply in
            .request(
                RequestOperation(
                    number: number,
                    packet: packet,
                    size: size,
                    expiry: message.properties.expiry.map { now + $0 },
                    deadline: now + timeout,
                    tellsLosses: tellingLosses,
                    unheardWait: unheardWait,
                    reply: reply
                )
            )
        }
    }

    /// Subscribes to topic filters.
    ///
    /// - Parameters:
    ///   - subscriptions: The filters; one packet for all that have the same identifier.
    ///   - userProperties: User properties of the SUBSCRIBE packets.
    /// - Returns: The server's answer to each filter, in their order; look for ``MQTTReasonCode/isError``.
    /// - Throws: ``MQTTClientError`` when no answer came or the request can not be made.
    public func subscribe(
        _ subscriptions: [MQTTSubscription],
        userProperties: [MQTTUserProperty] = []
    ) async throws(MQTTClientError) -> [MQTTReasonCode] {
        var size = 0
        var identifiers: [UInt32?] = []
        for subscription in subscriptions {
            if let problem = subscription.problem { throw problem }
            size += subscription.topicFilter.utf8.count + 16
            if !identifiers.contains(subscription.identifier) { identifiers.append(subscription.identifier) }
        }
        if !userProperties.allSatisfy(\.isValid) {
            throw MQTTClientError(.invalidArgument, "a user property is not valid")
        }
        if subscriptions.isEmpty { return [] }
        var parts: [SubscriptionOperation.Part] = []
        var positions: [[Int]] = []
        for identifier in identifiers {
            let indices = subscriptions.indices.filter { subscriptions[$0].identifier == identifier }
            positions.append(indices)
            let group = SubscriptionGroup(
                subscriptions: indices.map { subscriptions[$0] },
                identifier: identifier,
                userProperties: userProperties
            )
            parts.append(.subscribe(group))
        }
        return try await self.ask(parts, positions, size)
    }

    /// Ends subscriptions.
    ///
    /// - Parameter topicFilters: The filters, as they were subscribed.
    /// - Returns: The server's answer to each filter, in their order.
    /// - Throws: ``MQTTClientError`` when no answer came or the request can not be made.
    @discardableResult
    public func unsubscribe(_ topicFilters: [String]) async throws(MQTTClientError) -> [MQTTReasonCode] {
        var size = 0
        for filter in topicFilters {
            if let problem = MQTTSubscription(filter).problem { throw problem }
            size += filter.utf8.count + 16
        }
        if topicFilters.isEmpty { return [] }
        return try await self.ask([.unsubscribe(topicFilters)], [Array(topicFilters.indices)], size)
    }

    private func ask(
        _ parts: [SubscriptionOperation.Part],
        _ positions: [[Int]],
        _ size: Int
    ) async throws(MQTTClientError) -> [MQTTReasonCode] {
        let deadline = self.core.clock.now() + self.configuration.requestTimeout
        return try await self.ask(size: size) { number, reply in
            .subscription(
                SubscriptionOperation(
                    number: number,
                    parts: parts,
                    positions: positions,
                    size: size,
                    deadline: deadline,
                    reply: reply
                )
            )
        }
    }
}
