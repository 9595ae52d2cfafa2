import Foundation
import Logging
import MosquittoServer
import StateStore
import Synchronization
import Testing

@Suite("Our state store on mosquitto, killed", .timeLimit(.minutes(10)))
struct KilledServiceTests {
    /// How often the service is killed while a client counts.
    static let kills = 5
    /// How many increments the client makes between two kills, at least.
    static let incrementsBetween = 25

    /// Each number is a key that may be made once; the service is killed with a request under way.
    ///
    /// What was answered must be there, with the version that was told. A request that is executed again says so: it is not applied.
    @Test("What was answered is there after kill -9, whenever it came")
    func counting() async throws {
        let mosquitto = try await Mosquitto()
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try ServiceProcess(socket: mosquitto.socketPath, folder: folder.path)
        try service.start()
        defer { service.kill() }
        try await ForeignClient.with(mosquitto.endpoint, "counter") { client in
            // Before its first subscription nobody keeps requests for it.
            while (try? await client.ask(.get("n0"), timeout: .milliseconds(500))) == nil {
                try Task.checkCancellation()
            }
            var answered: [Int: StateVersion] = [:]
            var number = 0
            for round in 0...Self.kills {
                for step in 0..<Self.incrementsBetween {
                    number += 1
                    let pending = number
                    async let answer = client.ask(.set("n\(pending)", "\(pending)", .absent), timeout: .seconds(120))
                    if round < Self.kills, step == Self.incrementsBetween - 1 {
                        // In the middle: a request is on its way.
                        service.kill()
                        try service.start()
                    }
                    let (value, version) = try await answer
                    #expect(value == .simple(Array("OK".utf8)) || value == .integer(-1))
                    let known: StateVersion = try #require(version)
                    answered[pending] = known
                }
            }
            #expect(answered.count == Self.incrementsBetween * (Self.kills + 1))
            for (number, version) in answered {
                let (value, stored) = try await client.ask(.get("n\(number)"))
                #expect(value == .bulk(Array("\(number)".utf8)) && stored == version)
            }
            #expect(Set(answered.values).count == answered.count)
        }
    }
}
