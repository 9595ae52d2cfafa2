import Logging
import MQTTClient
import NIOCore
import StateStore

extension StateStoreClient {
    /// How often a question that changes nothing is asked again when its answer was lost.
    private static let attempts = 5

    /// Asks the store something that it does no harm to ask twice.
    func askAgain(_ command: StateCommand, timeout: Duration? = nil) async throws(StateStoreError) -> StateStoreAnswer {
        for _ in 1..<Self.attempts {
            do throws(StateStoreError) {
                return try await self.ask(command, timeout: timeout)
            } catch {
                if error.code != .outcomeUnknown { throw error }
            }
        }
        return try await self.ask(command, timeout: timeout)
    }

    /// Asks the store something, once.
    ///
    /// - Parameters:
    ///   - command: What.
    ///   - token: The fencing token.
    ///   - persist: Whether to ask for durability.
    ///   - timeout: How long to wait; `nil` for the configuration's.
    ///   - unheardWait: How long to wait when nobody subscribes to the requests; `nil` for the same.
    /// - Returns: What it said, if that is no error.
    /// - Throws: ``StateStoreError``.
    func ask(
        _ command: StateCommand,
        token: StateStoreVersion? = nil,
        persist: Bool = false,
        timeout: Duration? = nil,
        unheardWait: Duration? = nil
    ) async throws(StateStoreError) -> StateStoreAnswer {
        var properties: [MQTTUserProperty] = []
        if let token { properties.append(MQTTUserProperty(StateStore.tokenProperty, "\(token)")) }
        if persist { properties.append(MQTTUserProperty(StateStore.persistenceProperty, "true")) }
        let answer = try await self.send(
            command.payload,
            to: StateStore.requestTopic,
            properties,
            timeout,
            unheardWait: unheardWait
        )
        let message = answer.message
        let version = message.properties.userProperty(StateStore.timestampProperty).flatMap(StateStoreVersion.init)
        if let version, !self.clock.see(version.stateVersion) {
            self.logger.warning(
                "the store's clock is far ahead of this process's",
                metadata: ["version": "\(version)"]
            )
        }
        if let status = message.properties.userProperty(StateStore.statusProperty), let number = Int(status),
            number >= 400
        {
            let text = message.properties.userProperty("__stMsg") ?? "status \(status)"
            throw StateStoreError(.refused, "the store failed: \(text)")
        }
        let value: RESPValue
        do throws(StateError) {
            value = try RESPValue.parse(Array(message.payload.readableBytesView).span)
        } catch {
            throw StateStoreError(.malformedAnswer, "the answer is no RESP value", cause: error)
        }
        if case .error(let text) = value { throw StateStoreError(answer: text) }
        return StateStoreAnswer(value: value, version: version, wasResent: answer.wasResent)
    }

    /// Sends a request in the protocol's envelope and waits for what comes back.
    func send(
        _ payload: [UInt8],
        to topic: String,
        _ properties: [MQTTUserProperty],
        _ timeout: Duration?,
        unheardWait: Duration? = nil
    ) async throws(StateStoreError) -> MQTTAnswer {
        let timeout = timeout ?? self.configuration.timeout
        do throws(MQTTClientError) {
            let identifier = try await self.clientIdentifier()
            let message = MQTTMessage(
                topic: topic,
                payload: ByteBuffer(bytes: payload),
                qos: .atLeastOnce,
                properties: MQTTMessageProperties(
                    expiry: timeout,
                    contentType: StateStore.contentType,
                    responseTopic: Self.responseTopic(of: identifier),
                    payloadFormat: .bytes,
                    userProperties: [
                        MQTTUserProperty(StateStore.timestampProperty, self.clock.now().text),
                        MQTTUserProperty(StateStore.protocolProperty, "1.0"),
                        MQTTUserProperty(StateStore.sourceProperty, identifier),
                        MQTTUserProperty("$partition", identifier),
                    ] + properties
                )
            )
            return try await self.client.request(
                message,
                timeout: timeout,
                tellingLosses: true,
                unheardWait: unheardWait
            )
        } catch {
            throw StateStoreError(error, timeout: timeout, isConnected: self.client.connection != nil)
        }
    }

    /// The identifier that the broker knows the client by, which it may have given.
    func clientIdentifier() async throws(MQTTClientError) -> String {
        if !self.client.configuration.clientIdentifier.isEmpty { return self.client.configuration.clientIdentifier }
        return try await self.client.waitUntilConnected().clientIdentifier
    }

    /// Where answers come: below the client's own name, so that a broker can confine it to that.
    static func responseTopic(of identifier: String) -> String {
        var level = ""
        for scalar in identifier.unicodeScalars {
            switch scalar {
            // What a topic may not hold.
            case "+": level += "%2B"
            case "#": level += "%23"
            case "%": level += "%25"
            default: level.unicodeScalars.append(scalar)
            }
        }
        return "clients/\(level)/services/\(StateStore.requestTopic)/response"
    }
}
