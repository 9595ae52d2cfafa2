import Logging
import MQTTPackets
import MQTTSessions
import MQTTTransport

extension ClientCore {
    func begin(_ operation: SubscriptionOperation) {
        let count = self.subscriptions.grantedCount + operation.subscriptionCount
        if operation.subscriptionCount > 0, count > self.configuration.maximumSubscriptions {
            let message = "\(count) subscriptions, where \(self.configuration.maximumSubscriptions) are allowed"
            self.fail([operation], MQTTClientError(.queueFull, message))
        } else {
            self.subscriptions.add(operation)
        }
    }

    /// Sends the requests to subscribe and to unsubscribe that wait.
    func sendSubscriptions() {
        while let (ticket, part) = self.subscriptions.nextToSend() {
            if let error = self.problem(part) {
                self.fail(self.subscriptions.refuse(ticket).map { [$0] } ?? [], error)
                continue
            }
            guard let identifier = self.identifiers.allocate() else { return }
            self.subscriptions.sent(ticket, identifier)
            switch part {
            case .subscribe(let group): self.write(group.packet(identifier))
            case .unsubscribe(let filters):
                self.write(.unsubscribe(Unsubscribe(packetIdentifier: identifier, filters: filters)))
            }
        }
    }

    private func problem(_ part: SubscriptionOperation.Part) -> MQTTClientError? {
        guard let server = self.server else { return nil }
        let packet: Packet
        switch part {
        case .unsubscribe(let filters): packet = .unsubscribe(Unsubscribe(packetIdentifier: 1, filters: filters))
        case .subscribe(let group):
            packet = group.packet(1)
            let filters = group.subscriptions.lazy.map(\.topicFilter.utf8)
            if !server.sharedSubscriptionsAvailable, group.subscriptions.contains(where: \.isShared) {
                return Self.notSupported("shared subscriptions", .sharedSubscriptionsNotSupported)
            }
            let wildcards = "+#".utf8
            if !server.wildcardSubscriptionsAvailable,
                filters.contains(where: { $0.contains(where: wildcards.contains) })
            {
                return Self.notSupported("wildcards", .wildcardSubscriptionsNotSupported)
            }
            if !server.subscriptionIdentifiersAvailable, group.identifier != nil {
                return Self.notSupported("subscription identifiers", .subscriptionIdentifiersNotSupported)
            }
        }
        guard let maximum = server.maximumPacketSize else { return nil }
        let size = packet.encodedSize(version: .v5)
        if size <= maximum { return nil }
        let message = "a packet of \(size) bytes, where the server takes \(maximum)"
        return MQTTClientError(.packetTooLarge, message, reasonCode: .packetTooLarge)
    }

    private static func notSupported(_ what: String, _ code: MQTTReasonCode) -> MQTTClientError {
        MQTTClientError(.notSupportedByServer, "the server has no \(what)", reasonCode: code)
    }

    /// Works on the server's answer to one packet.
    func answered(
        _ identifier: UInt16,
        _ reasonCodes: [ReasonCode],
        isSubscribe: Bool,
        _ connection: ClientConnection
    ) {
        let codes = reasonCodes.map(MQTTReasonCode.init)
        switch self.subscriptions.answer(identifier, codes, isSubscribe: isSubscribe) {
        case .unknown:
            self.logger.debug("SUBACK or UNSUBACK for nothing", metadata: ["identifier": "\(identifier)"])
        case .mismatch(let expected):
            let message = "an answer with \(codes.count) reason codes, where \(expected) were asked for"
            self.violated(connection, .protocolError, message)
        case .taken(let part, let finished, let isAgain):
            self.identifiers.release(identifier)
            if case .subscribe(let group) = part { self.granted(group, codes, isAgain: isAgain) }
            if let finished { self.succeed(finished) }
        }
    }

    private func granted(_ group: SubscriptionGroup, _ codes: [MQTTReasonCode], isAgain: Bool) {
        for (subscription, code) in zip(group.subscriptions, codes) where code.isError {
            let filter = subscription.topicFilter
            if isAgain {
                self.logger.error(
                    "a subscription was refused that was granted on an earlier connection",
                    metadata: ["filter": "\(filter)", "reason": "\(code)"]
                )
                self.deliverEvent(.subscriptionRefused(topicFilter: filter, reasonCode: code))
            }
            self.responseTopicRefused(filter, code)
        }
    }

    private func succeed(_ operation: SubscriptionOperation) {
        self.release(operation)
        if let reply = operation.reply {
            self.turn.answers.append(.subscription(reply, .success(operation.reasonCodes)))
        }
    }

    func fail(_ operations: [SubscriptionOperation], _ error: MQTTClientError) {
        for operation in operations {
            self.release(operation)
            if let reply = operation.reply {
                self.turn.answers.append(.subscription(reply, .failure(error)))
            }
            // What the client asks by itself may be the subscription to a response topic.
            if operation.isCounted { continue }
            for case .subscribe(let group) in operation.parts {
                for subscription in group.subscriptions { self.responseTopicFailed(subscription.topicFilter, error) }
            }
        }
    }

    private func release(_ operation: SubscriptionOperation) {
        guard operation.isCounted else { return }
        self.turn.releasedMessages += 1
        self.turn.releasedBytes += operation.size
    }

    func expireSubscriptions(_ now: Duration) {
        guard let earliest = self.subscriptions.earliestDeadline, earliest <= now else { return }
        let late = self.subscriptions.abandon { ($0.deadline ?? now + .seconds(1)) <= now }
        self.subscriptions.updateEarliestDeadline()
        self.fail(late, MQTTClientError(.timedOut, "the server did not answer in time"))
    }
}
