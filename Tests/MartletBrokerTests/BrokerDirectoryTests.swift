import Foundation
import MQTTClient
import MartletBroker
import Testing

/// A broker on a data directory: what is in the way of starting is said by name.
@Suite(.timeLimit(.minutes(10)))
struct BrokerDirectoryTests {
    private func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory.path)
    }

    private func broker(_ directory: String) -> Broker {
        var configuration = BrokerConfiguration()
        configuration.port = 0
        configuration.storage = .directory(directory)
        return Broker(configuration: configuration, logger: quietLogger)
    }

    private func client(_ port: Int, _ identifier: String) -> MQTTClientConfiguration {
        MQTTClientConfiguration(endpoint: .tcp(host: "127.0.0.1", port: port), clientIdentifier: identifier)
    }

    @Test func aSecondBrokerOnTheSameDirectoryIsRefused() async throws {
        try await withDirectory { directory in
            let first = broker(directory)
            let running = Task { try await first.run() }
            _ = try await first.waitUntilListening()
            let second = broker(directory)
            let error = await #expect(throws: BrokerError.self) { try await second.run() }
            #expect(error?.code == .inUse)
            #expect(error?.message.contains(directory) == true)
            running.cancel()
            try? await running.value
        }
    }

    @Test func aGracefulStopKeepsEverythingAndADirectoryIsUsedAgain() async throws {
        try await withDirectory { directory in
            for round in 0..<3 {
                let broker = broker(directory)
                let running = Task { try await broker.run() }
                let port = try await broker.waitUntilListening()
                try await MQTTClient.withConnection(client(port, "keeper"), logger: quietLogger) { keeper in
                    if round == 0 { _ = try await keeper.subscribe([MQTTSubscription("kept/#", qos: .atLeastOnce)]) }
                    if round > 0 { #expect(await take(1, from: keeper) == ["\(round - 1)"]) }
                }
                try await MQTTClient.withConnection(client(port, "writer"), logger: quietLogger) { writer in
                    _ = try await writer.publish(MQTTMessage(topic: "kept/\(round)", text: "\(round)"))
                }
                running.cancel()
                try? await running.value
            }
        }
    }
}
