import Foundation
import MosquittoServer
import StateStore
import Testing

/// Processes that hold a lock are killed with -9: the next one goes on, and no write of the dead slips in.
@Suite("Lease holders, killed", .serialized, .timeLimit(.minutes(10)))
struct LeaseHolderTests {
    private static let kills = 6
    private static let countedBetween = 15

    private static func numbers(_ process: TestProcess) -> [Int] {
        process.logged.split(separator: "\n").compactMap { Int($0) }
    }

    @Test("No number is written by two holders, and none is lost but by the one that was killed")
    func killed() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "holders-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let mosquitto = try await Mosquitto()
        let store = try ServiceProcess(socket: mosquitto.socketPath, folder: folder.appending(path: "store").path)
        try store.start()
        defer { store.kill() }
        try await ForeignClient.with(mosquitto.endpoint, "judge") { client in
            while (try? await client.ask(.get("x"), timeout: .milliseconds(500))) == nil {
                try Task.checkCancellation()
            }
            let program = try TestProcess.martlet()
            let holders = (0..<3).map { number in
                let arguments = [
                    "state", "count", "number", "--lock", "lock", "--lease", "1", "--unix", mosquitto.socketPath,
                ]
                return TestProcess(program, arguments, log: folder.appending(path: "holder-\(number)").path)
            }
            for holder in holders { try holder.start() }
            func counted() -> Int { holders.reduce(0) { $0 + Self.numbers($1).count } }
            func waitForMore() async throws {
                let goal = counted() + Self.countedBetween
                while counted() < goal {
                    try Task.checkCancellation()
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            for kill in 0..<Self.kills {
                try await waitForMore()
                holders[kill % holders.count].end(SIGKILL)
                try await waitForMore()
                try holders[kill % holders.count].start()
            }
            for holder in holders { #expect(holder.end(SIGTERM), "it did not end in order") }
            let printed = holders.flatMap(Self.numbers)
            #expect(Set(printed).count == printed.count, "two holders wrote the same number: an edit was lost")
            let (value, _) = try await client.ask(.get("number"))
            guard case .bulk(let bytes) = value, let last = Int(String(decoding: bytes, as: UTF8.self)) else {
                Issue.record("the number is \(value)")
                return
            }
            let unknown = holders.reduce(0) { $0 + $1.logged.split(separator: "\n").count { $0.contains("not known") } }
            #expect(last >= printed.count && last <= printed.count + Self.kills + unknown + holders.count)
        }
    }
}
