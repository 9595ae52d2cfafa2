import Foundation
import Logging
import MQTTClient
import MartletBroker
import MosquittoServer
import StateStore
import StateStoreService
import Testing

@Suite("Our state store on mosquitto", .timeLimit(.minutes(10)))
struct StateStoreServiceTests {
    private static let applied = RESPValue.simple(Array("OK".utf8))

    /// Runs a closure beside a service in this process.
    private static func withService(
        _ mosquitto: Mosquitto,
        _ folder: String,
        _ body: () async throws -> Void
    ) async throws {
        let configuration = StateStoreServiceConfiguration(endpoint: mosquitto.endpoint, storage: .directory(folder))
        let service = StateStoreService(configuration: configuration, logger: Logger(label: "service"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await service.run() } catch is CancellationError {}
            }
            try await service.waitUntilServing()
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    @Test("The commands of the protocol are answered")
    func commands() async throws {
        let mosquitto = try await Mosquitto()
        try await Self.withFolder { folder in
            try await Self.withService(mosquitto, folder) {
                try await ForeignClient.with(mosquitto.endpoint, "one") { client in
                    #expect(try await client.ask(.get("k")).value == .null)
                    let set = try await client.ask(.set("k", "v"))
                    #expect(set.value == Self.applied && set.version != nil)
                    let get = try await client.ask(.get("k"))
                    #expect(get.value == .bulk(Array("v".utf8)) && get.version == set.version)
                    #expect(try await client.ask(.set("k", "w", .absent)).value == .integer(-1))
                    let wrong = StateCommand.deleteIfEqual(key: Array("k".utf8), value: [])
                    #expect(try await client.ask(wrong).value == .integer(-1))
                    #expect(try await client.ask(.delete(key: Array("k".utf8))).value == .integer(1))
                    let scan = try await client.ask(.scan(prefix: [], count: 1))
                    #expect(scan.value.stateError == .unknownCommand)
                    let own = try await client.ask(.set("\0martlet/watch/41/k", ""))
                    #expect(own.value.stateError == .notAuthorized)
                    #expect(try await client.ask(.get(key: [])).value.stateError == .emptyKey)
                }
            }
        }
    }

    @Test("Requests of one client that wait at the same time are executed in their order")
    func order() async throws {
        let mosquitto = try await Mosquitto()
        try await Self.withFolder { folder in
            try await Self.withService(mosquitto, folder) {
                try await ForeignClient.with(mosquitto.endpoint, "one") { client in
                    let versions = try await withThrowingTaskGroup(of: (Int, StateVersion?).self) { group in
                        for number in 0..<200 {
                            group.addTask {
                                (number, try await client.ask(.set("k\(number % 7)", "\(number)")).version)
                            }
                        }
                        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                    }
                    #expect(Set(versions.values).count == 200)
                    for key in 0..<7 {
                        let newest = versions.filter { $0.key % 7 == key }.max { $0.value < $1.value }
                        let get = try await client.ask(.get("k\(key)"))
                        #expect(get.version == newest?.value)
                        #expect(get.value == .bulk(Array("\(newest?.key ?? -1)".utf8)))
                    }
                }
            }
        }
    }

    @Test("Who watches is notified by the topic: of writes, removals and expiry, until it ends it")
    func notifications() async throws {
        let mosquitto = try await Mosquitto()
        try await Self.withFolder { folder in
            try await Self.withService(mosquitto, folder) {
                try await ForeignClient.with(mosquitto.endpoint, "watcher") { watcher in
                    try await ForeignClient.with(mosquitto.endpoint, "writer") { writer in
                        let (a, b) = (Array("a".utf8), Array("b".utf8))
                        let listening = try await watcher.listen()
                        #expect(try await watcher.ask(.unwatch(key: a)).value == .integer(0))
                        #expect(try await watcher.ask(.watch(key: a)).value == Self.applied)
                        #expect(try await watcher.ask(.watch(key: a)).value == Self.applied)
                        #expect(try await watcher.ask(.watch(key: b)).value == Self.applied)
                        _ = try await writer.ask(.set("a", "1"))
                        _ = try await writer.ask(.set(key: a, value: [50], lifetime: 1))
                        #expect(
                            try await watcher.waitForNotice(of: "a", .delete) == [.set([49]), .set([50]), .delete]
                        )
                        #expect(try await watcher.ask(.unwatch(key: a)).value == Self.applied)
                        _ = try await writer.ask(.set("a", "3"))
                        _ = try await writer.ask(.set("b", "4"))
                        #expect(try await watcher.waitForNotice(of: "b", .set([52])) == [.set([52])])
                        #expect(try await watcher.waitForNotice(of: "a", .delete).count == 3)
                        listening.cancel()
                    }
                }
            }
        }
    }

    @Test("After a service's end another one has its keys and its watches, and tells what is there")
    func secondLife() async throws {
        let mosquitto = try await Mosquitto()
        try await Self.withFolder { folder in
            try await ForeignClient.with(mosquitto.endpoint, "watcher") { watcher in
                let listening = try await watcher.listen()
                var version: StateVersion?
                try await Self.withService(mosquitto, folder) {
                    version = try await watcher.ask(.set("k", "1")).version
                    #expect(try await watcher.ask(.watch(key: Array("k".utf8))).value == Self.applied)
                    #expect(try await watcher.ask(.watch(key: Array("gone".utf8))).value == Self.applied)
                }
                try await Self.withService(mosquitto, folder) {
                    #expect(try await watcher.waitForNotice(of: "k", .set([49])).count == 1)
                    #expect(try await watcher.waitForNotice(of: "gone", .delete).count == 1)
                    let get = try await watcher.ask(.get("k"))
                    #expect(get.version == version && get.value == .bulk([49]))
                    _ = try await watcher.ask(.set("k", "2"))
                    #expect(try await watcher.waitForNotice(of: "k", .set([50])).count == 2)
                }
                listening.cancel()
            }
        }
    }
}
