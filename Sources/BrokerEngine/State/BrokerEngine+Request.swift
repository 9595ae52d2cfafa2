import MQTTPackets
import NIOCore
import StateStore

/// Requests to the state store, and commits: PUBLISH packets that nobody is ever routed.
extension BrokerEngine {
    private static let requestTopic = Array(StateStore.requestTopic.utf8)
    private static let commitTopic = Array(StateStore.commitTopic.utf8)
    private static let reservedPrefix = Array(StateStore.reservedPrefix.utf8)
    private static let ownPrefix = Array("$martlet/".utf8)

    /// Whether a topic is one that the broker answers itself.
    @inline(__always)
    func isRequestTopic(_ topic: Span<UInt8>) -> Bool {
        if topic.count == Self.requestTopic.count { return Self.equal(topic, Self.requestTopic) }
        return topic.count == Self.commitTopic.count && topic[0] == UInt8(ascii: "$")
            && Self.equal(topic, Self.commitTopic)
    }

    private static func equal(_ bytes: Span<UInt8>, _ other: [UInt8]) -> Bool {
        bytes.count == other.count && starts(bytes, with: other)
    }

    private static func starts(_ bytes: Span<UInt8>, with prefix: [UInt8]) -> Bool {
        guard bytes.count >= prefix.count else { return false }
        for index in prefix.indices where bytes[index] != prefix[index] { return false }
        return true
    }

    /// Whether a topic is the broker's own: nobody else may publish to it.
    func isOwnTopic(_ topic: Span<UInt8>) -> Bool {
        guard topic.count > 0, topic[0] == UInt8(ascii: "$") else { return false }
        return isSystemTopic(topic) || Self.starts(topic, with: Self.ownPrefix)
    }

    /// Whether a client may not choose a topic for the answers to its requests (state store §1.1).
    private func isForbiddenForAnswers(_ topic: Span<UInt8>) -> Bool {
        topic.count == 0 || Self.equal(topic, Self.requestTopic) || Self.starts(topic, with: Self.reservedPrefix)
            || isOwnTopic(topic)
    }

    /// A request: executed in this turn, answered when what the answer tells is durable.
    ///
    /// - Throws: For a response topic that is not allowed: the client is disconnected.
    mutating func receiveRequest(_ bytes: Span<UInt8>, _ view: PublishView, on connection: Int) throws(PacketError) {
        statistics.stateRequests += 1
        let envelope = StateEnvelope.parse(bytes, properties: view.properties)
        guard view.qos == .atLeastOnce else {
            // Nobody could be told: there is no PUBACK, and what asks without one does not wait for an answer.
            statistics.stateRequestsRefused += 1
            // An answer that waits for a page has one acknowledgement, and so one QoS: the protocol's is 1.
            rejectPublish(view, .implementationSpecificError, on: connection)
            return
        }
        guard let response = envelope.responseTopic, let correlation = envelope.correlation else {
            statistics.stateRequestsRefused += 1
            let reason = ReasonCode.implementationSpecificError
            acknowledgePublish(view.packetIdentifier, reason, on: connection, after: 0)
            return
        }
        guard !isForbiddenForAnswers(bytes.extracting(response)) else {
            throw PacketError(reasonCode: .topicNameInvalid, message: "no answers can be sent to this response topic")
        }
        guard mayAnswer(to: bytes.extracting(response), on: connection) else {
            statistics.stateRequestsRefused += 1
            acknowledgePublish(view.packetIdentifier, .notAuthorized, on: connection, after: 0)
            return
        }
        let session = connections[connection].session
        let requester = Requester(
            client: sessions[Int(session)].clientIdentifier,
            number: StateClient(session),
            session: session,
            isExtended: connections[connection].isMartlet
        )
        var payload: [UInt8] = []
        swap(&payload, &answerScratch)
        payload.removeAll(keepingCapacity: true)
        let answer: StateReply
        if bytes[view.topic.lowerBound] == UInt8(ascii: "$") {
            answer = executeCommits(bytes, view.payload, envelope, requester, to: &payload)
        } else {
            answer = execute(bytes, view.payload, envelope, requester, to: &payload)
        }
        post(
            payload,
            version: answer.version,
            to: bytes.extracting(response),
            correlation: bytes.extracting(correlation),
            expiry: view.messageExpiryInterval,
            after: answer.page
        )
        swap(&payload, &answerScratch)
        acknowledgeRequest(view.packetIdentifier, on: connection, after: answer.page)
    }

    private mutating func post(
        _ payload: [UInt8],
        version: StateVersion?,
        to topic: Span<UInt8>,
        correlation: Span<UInt8>,
        expiry: UInt32?,
        after page: UInt64
    ) {
        var properties: [UInt8] = []
        StateAnswer.appendProperties(version: version, correlation: correlation, to: &properties)
        let packet = PacketBuilder.append(
            topic: topic,
            expiry: expiry,
            properties: properties.span,
            payload: payload.span,
            to: &outbox.bytes
        )
        guard let packet else { return }
        outbox.entries.append(.init(page: page, receiver: .subscribers, packet: packet, qos: 1))
    }

    /// PUBACK of a request.
    ///
    /// It says success in full (five bytes), so that a full journal does not make a refusal of it: the answer tells what became of the request.
    private mutating func acknowledgeRequest(_ identifier: UInt16, on connection: Int, after page: UInt64) {
        guard connections[connection].state == .connected else { return }
        let high = UInt8(truncatingIfNeeded: identifier >> 8)
        let low = UInt8(truncatingIfNeeded: identifier)
        if page <= log.durable, connections[connection].marks.isEmpty {
            markDirty(connection)
            connections[connection].output.writeMultipleIntegers(UInt8(0x40), UInt8(2), high, low)
            return
        }
        connections[connection].held.append(contentsOf: [0x40, 3, high, low, ReasonCode.success.rawValue])
        mark(connection, page: page, publishes: 1)
    }
}
