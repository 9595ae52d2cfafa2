import MQTTClient
import ScriptedPeer
import Testing

@Suite("Connections that are lost at random moments", .timeLimit(.minutes(10)))
struct LossyConnectionTests {
    private static let publishers = 8
    private static let messages = 50
    private static let deliveries = 400

    /// Publishes and deliveries go both ways while the connection is lost again and again.
    ///
    /// Handlers finish in any order. The server checks identifiers, duplicates, the order of resending, of acknowledging, and both Receive Maximums.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, UInt64.random(in: 0 ... .max)])
    func nothingIsLostAndTheOrderHolds(seed: UInt64) async throws {
        let peer = Peer()
        var configuration = MQTTClientConfiguration.testing(peer.endpoint)
        configuration.receiveMaximum = 16
        configuration.receiveMaximumAllowance = 0
        let server = LossyServer(
            peer,
            deliveries: Self.deliveries,
            publishes: Self.publishers * Self.messages,
            receiveMaximum: configuration.receiveMaximum,
            seed: seed
        )
        let end = try await withClient(configuration) { client in
            let handled = Task { await Self.handle(client.deliveries, seed) }
            let published = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for publisher in 0..<Self.publishers {
                        group.addTask {
                            for number in 0..<Self.messages {
                                try await client.publish(MQTTMessage(topic: "out", text: "\(publisher)-\(number)"))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let allAcknowledged = Counter()
            let serving = Task { [server] in
                var server = server
                return try await server.serve(allAcknowledged)
            }
            try await published.value
            while allAcknowledged.value == 0 { await Task.yield() }
            await client.close(endingSession: false)
            #expect(try await serving.value > 1, "seed \(seed)")
            #expect(await handled.value == Set((1...Self.deliveries).map(String.init)), "seed \(seed)")
            #expect(client.waitingMessages == 0)
        }
        #expect(end == nil)
    }

    /// Handles each delivery in a task of its own, which takes a while of its own.
    private static func handle(_ deliveries: MQTTDeliveries, _ seed: UInt64) async -> Set<String> {
        var random = SplitMix64(seed: ~seed)
        var texts: Set<String> = []
        await withDiscardingTaskGroup { group in
            for await delivery in deliveries {
                texts.insert(delivery.message.text)
                let pauses = Int.random(in: 0..<20, using: &random)
                group.addTask {
                    for _ in 0..<pauses { await Task.yield() }
                    delivery.acknowledge()
                }
            }
        }
        return texts
    }
}
