import MQTTPackets
import NIOCore
import StateStore

/// A peer as a client of the state store, and as one who commits.
extension Peer {
    /// Where the answers come.
    var responseTopic: String { "clients/\(name)/answers" }

    /// Sends a request; the packet identifier.
    @discardableResult
    func request(
        _ command: StateCommand,
        timestamp: String? = "0:0:tester",
        token: String? = nil,
        correlation: String = "1",
        configure: (inout Publish) -> Void = { _ in }
    ) -> UInt16 {
        request(StateStore.requestTopic, command.payload, timestamp, token, correlation, configure)
    }

    /// Sends commits; the packet identifier.
    @discardableResult
    func commit(_ commits: [CommitOperation]..., correlation: String = "c") -> UInt16 {
        commit(all: commits, correlation: correlation)
    }

    /// Sends commits; the packet identifier.
    @discardableResult
    func commit(all commits: [[CommitOperation]], correlation: String = "c") -> UInt16 {
        let payload = CommitRequest.payload(of: commits.map { CommitRequest(operations: $0) })
        return request(StateStore.commitTopic, payload, nil, nil, correlation) { _ in }
    }

    /// Sends a request of any form; the packet identifier.
    @discardableResult
    func request(
        _ topic: String,
        _ payload: [UInt8],
        _ timestamp: String?,
        _ token: String?,
        _ correlation: String,
        _ configure: (inout Publish) -> Void
    ) -> UInt16 {
        let packet = identifier()
        var publish = Publish(qos: .atLeastOnce, topic: topic, packetIdentifier: packet)
        publish.payload = ByteBuffer(bytes: payload)
        publish.properties.responseTopic = responseTopic
        publish.properties.correlationData = ByteBuffer(string: correlation)
        if let timestamp { publish.properties.userProperties.append(UserProperty(name: "__ts", value: timestamp)) }
        if let token { publish.properties.userProperties.append(UserProperty(name: "__ft", value: token)) }
        configure(&publish)
        send(.publish(publish))
        return packet
    }

    /// The answers that came, each acknowledged; other messages stay.
    func takeAnswers() -> [Publish] {
        var answers: [Publish] = []
        inbox.removeAll { packet in
            guard case .publish(let publish) = packet, publish.topic == responseTopic else { return false }
            answers.append(publish)
            return true
        }
        for answer in answers { acknowledge(answer) }
        return answers
    }

    /// The outcomes in the one answer that came.
    func takeOutcomes() -> [CommitOutcome] {
        let answers = takeAnswers()
        guard answers.count == 1 else { return [] }
        let payload = Array(answers[0].payload.readableBytesView)
        return (try? CommitOutcome.parse(payload.span)) ?? []
    }

    /// Connects with what is beyond the standard.
    static func extended(_ connect: inout Connect) {
        connect.properties.userProperties.append(UserProperty(name: "martlet", value: "1"))
    }
}

extension Publish {
    /// The last user property of a name.
    func user(_ name: String) -> String? { properties.userProperties.last { $0.name == name }?.value }

    /// The identity of the delivery, as a commit names it.
    var deliveryID: [UInt8] { Array((user("martlet-id") ?? "").utf8) }
}

extension CommitOutcome {
    /// The reason of a refusal.
    var code: CommitRefusalCode? {
        if case .refused(let refusal) = self { refusal.code } else { nil }
    }

    /// Whether it was done.
    var isDone: Bool { code == nil }
}
