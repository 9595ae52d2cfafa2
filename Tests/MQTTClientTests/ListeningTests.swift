import MQTTClient
import MQTTPackets
import NIOCore
import ScriptedPeer
import Synchronization
import Testing

@Suite("Listening within the process", .timeLimit(.minutes(10)))
struct ListeningTests {
    private static func message(_ topic: String, identifier: UInt16) -> Packet {
        .publish(
            Publish(qos: .atLeastOnce, topic: topic, packetIdentifier: identifier, payload: ByteBuffer(string: topic))
        )
    }

    @Test func messagesWithoutASubscriptionReachWhoeverListens() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (connection, _) = try await peer.welcome()
            let heard = Mutex<[String]>([])
            let listening = try client.listen(to: "$martlet/v1/+") { message in
                heard.withLock { $0.append(message.topic) }
            }
            try await connection.send(
                Self.message("$martlet/v1/changed", identifier: 1),
                Self.message("a", identifier: 2)
            )
            var deliveries = client.deliveries.makeAsyncIterator()
            let delivery = await deliveries.next()
            #expect(delivery?.message.topic == "a", "what nobody listens for goes to the deliveries")
            #expect(heard.withLock { $0 } == ["$martlet/v1/changed"])
            #expect(try await connection.receive() == .puback(PubAck(packetIdentifier: 1)), "acknowledged at once")
            listening.cancel()
            try await connection.send(Self.message("$martlet/v1/changed", identifier: 3))
            #expect(await deliveries.next()?.message.topic == "$martlet/v1/changed")
        }
    }

    @Test func eachObserverHearsOfEachConnection() async throws {
        let peer = Peer()
        try await withClient(.testing(peer.endpoint)) { client in
            let (first, firstHeard) = AsyncStream.makeStream(of: String.self)
            let (second, secondHeard) = AsyncStream.makeStream(of: String.self)
            let observing = try [firstHeard, secondHeard].map { heard in
                try client.observeEvents { event in
                    switch event {
                    case .connected(let information): heard.yield("on \(information.userProperties.map(\.value))")
                    case .disconnected: heard.yield("off")
                    default: break
                    }
                }
            }
            let properties = ConnAckProperties(userProperties: [UserProperty(name: "martlet", value: "1")])
            let (connection, _) = try await peer.welcome(ConnAck(properties: properties))
            await connection.close()
            _ = try await peer.welcome(ConnAck(sessionPresent: true))
            for stream in [first, second] {
                var iterator = stream.makeAsyncIterator()
                #expect(await iterator.next() == "on [\"1\"]")
                #expect(await iterator.next() == "off")
                #expect(await iterator.next() == "on []")
            }
            for one in observing { one.cancel() }
        }
    }

    @Test func aFilterThatIsNoneIsRefused() {
        let client = MQTTClient(configuration: .testing(Peer().endpoint), logger: .silent)
        #expect { try client.listen(to: "a/#/b") { _ in } } throws: {
            ($0 as? MQTTClientError)?.code == .invalidArgument
        }
        #expect { try client.listen(to: "$share/g/a") { _ in } } throws: {
            ($0 as? MQTTClientError)?.code == .invalidArgument
        }
    }
}
