import Logging
import MQTTClient
import NIOCore
import StateStore

/// A request's way: in by the foreign broker, through the engine, out to its response topic, and then acknowledged.
extension StateStoreService {
    /// Takes a request.
    func receive(request delivery: MQTTDelivery) {
        let message = delivery.message
        guard message.qos == .atLeastOnce, let topic = message.properties.responseTopic,
            let correlation = message.properties.correlationData, isAllowed(responseTopic: topic)
        else {
            logger.debug("A message is no request: it must have QoS 1, correlation data and an allowed response topic")
            return delivery.acknowledge()
        }
        let request = PendingRequest(
            delivery: delivery,
            responseTopic: topic,
            correlation: correlation,
            deadline: .now + configuration.requestTimeout
        )
        guard let number = requests.enter(request) else { return }
        let payload = Array(message.payload.readableBytesView)
        switch Self.kind(payload, message) {
        case .forward: forward(message, as: number)
        case .refuse(let error): answer(number, error: error)
        case .register(let key, let isStop):
            guard let client = message.properties.userProperty(StateStore.sourceProperty), !client.isEmpty else {
                // Nobody can be notified who does not say who he is.
                return answer(number, error: .notAuthorized)
            }
            register.yield(Registration(number: number, client: client, key: key, isStop: isStop))
        }
    }

    private func isAllowed(responseTopic: String) -> Bool {
        responseTopic != StateStore.requestTopic && !responseTopic.hasPrefix(StateStore.reservedPrefix)
            && !responseTopic.hasPrefix("$")
    }

    private enum Kind {
        case forward
        case refuse(StateError)
        case register(key: [UInt8], isStop: Bool)
    }

    /// What is to be done with a request; what is wrong with it the engine says better.
    private static func kind(_ payload: [UInt8], _ message: MQTTMessage) -> Kind {
        var envelope = StateEnvelope()
        envelope.timestamp = .zero
        let request = try? StateRequest.parse(
            payload.span,
            in: 0..<payload.count,
            envelope: envelope,
            offersExtension: false
        )
        let key: Range<Int>
        switch request {
        case .write(let write): key = write.key
        case .get(let place), .watch(let place), .unwatch(let place): key = place
        default: return .forward
        }
        if payload[key].starts(with: WatchKey.prefix) { return .refuse(.notAuthorized) }
        switch request {
        case .watch: return .register(key: Array(payload[key]), isStop: false)
        case .unwatch: return .register(key: Array(payload[key]), isStop: true)
        default: return .forward
        }
    }

    private func forward(_ message: MQTTMessage, as number: UInt64) {
        var properties = message.properties
        properties.responseTopic = InnerBroker.answersTopic
        properties.correlationData = correlation(number)
        // Inside it cannot be late; the answer has the time that is left.
        properties.expiry = nil
        let inside = MQTTMessage(topic: StateStore.requestTopic, payload: message.payload, properties: properties)
        do {
            try inner.requests.send(inside)
        } catch {
            logger.warning("A request could not be executed", metadata: ["error": "\(error)"])
            answer(number, error: .quotaExceeded)
        }
    }

    /// Takes the engine's answer, on its client's event loop.
    func receive(answer message: MQTTMessage) {
        guard let data = message.properties.correlationData, data.count == 8 else { return }
        let number = data.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        answer(number, payload: message.payload, userProperties: message.properties.userProperties)
    }

    /// Answers with an error.
    func answer(_ number: UInt64, error: StateError) {
        var payload: [UInt8] = []
        StateAnswer.append(error, to: &payload)
        answer(number, payload)
    }

    /// Answers with a payload of the service's own.
    func answer(_ number: UInt64, _ payload: [UInt8]) {
        let properties = [
            MQTTUserProperty(StateStore.statusProperty, "200"),
            MQTTUserProperty(StateStore.protocolProperty, "1.0"),
        ]
        answer(number, payload: ByteBuffer(bytes: payload), userProperties: properties)
    }

    private func answer(_ number: UInt64, payload: ByteBuffer, userProperties: [MQTTUserProperty]) {
        guard let request = requests.beginAnswer(number) else { return }
        let properties = MQTTMessageProperties(
            expiry: request.delivery.message.properties.expiry,
            contentType: StateStore.contentType,
            correlationData: request.correlation,
            userProperties: userProperties
        )
        let message = MQTTMessage(topic: request.responseTopic, payload: payload, properties: properties)
        Task {
            do throws(MQTTClientError) {
                try await outer.publish(message)
            } catch {
                // The client is ending: the request stays unacknowledged and comes again. Otherwise nobody waits any more.
                if error.code == .closed || error.code == .cancelled { return }
                logger.debug("An answer was not delivered", metadata: ["error": "\(error)"])
            }
            requests.finish(number)
        }
    }

    private func correlation(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}
