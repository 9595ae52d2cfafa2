import Foundation
import Logging
import MQTTClient
import MartletBroker
import MosquittoServer
import StateStore
import Testing

@testable import StateStoreService

@Suite("Clients that leave our state store on mosquitto", .timeLimit(.minutes(10)))
struct LeftWatcherTests {
    @Test(
        "The watch of a client that has left ends with the first notification that finds nobody; those who stay are told"
    )
    func left() async throws {
        let mosquitto = try await Mosquitto()
        let configuration = StateStoreServiceConfiguration(endpoint: mosquitto.endpoint, storage: .inMemory)
        let service = StateStoreService(configuration: configuration, logger: Logger(label: "service"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await service.run() } catch is CancellationError {}
            }
            try await service.waitUntilServing()
            let key = Array("k".utf8)
            try await ForeignClient.with(mosquitto.endpoint, "stays") { stays in
                let listening = try await stays.listen()
                _ = try await stays.ask(.watch(key: key))
                try await ForeignClient.with(mosquitto.endpoint, "leaves") { leaves in
                    let listening = try await leaves.listen()
                    _ = try await leaves.ask(.watch(key: key))
                    _ = try await stays.ask(.set("k", "1"))
                    #expect(try await leaves.waitForNotice(of: "k", .set([49])) == [.set([49])])
                    #expect(service.watchers.clients(of: key) == ["leaves", "stays"])
                    listening.cancel()
                }
                _ = try await stays.ask(.set("k", "2"))
                while service.watchers.clients(of: key) != ["stays"] {
                    try Task.checkCancellation()
                    await Task.yield()
                }
                _ = try await stays.ask(.set("k", "3"))
                #expect(try await stays.waitForNotice(of: "k", .set([51])).count == 3)
                listening.cancel()
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
