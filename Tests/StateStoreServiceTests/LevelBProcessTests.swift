import Foundation
import Logging
import MQTTClient
import MosquittoServer
import NIOCore
import StateStore
import Testing

@testable import Martlet
@testable import MartletCommand

/// Level B as it is run: a mosquitto, `martlet state-store` beside it, and workers, all of them processes that are killed.
@Suite("Level B on mosquitto", .serialized, .timeLimit(.minutes(10)))
struct LevelBProcessTests {
    private static let accounts = 20
    private static let transfers = 60
    /// How often is looked for what a message does before it is published again.
    private static let looksBeforeAgain = 100
    private static let replicas = ["a", "b"]

    /// Everything that runs, in a folder of its own.
    private struct Site {
        let mosquitto: Mosquitto
        let store: ServiceProcess
        let replicas: [TestProcess]
        let folder: URL

        init() async throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "level-b-\(UInt64.random(in: 0 ... .max))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // It keeps what it is told as well as it can: a kill may still lose some.
            let options = ["autosave_interval 1", "autosave_on_changes true"]
            mosquitto = try await Mosquitto(options, overTCP: true)
            store = try ServiceProcess(socket: mosquitto.socketPath, folder: folder.appending(path: "store").path)
            let (port, program) = (try #require(mosquitto.port), try TestProcess.martlet())
            replicas = LevelBProcessTests.replicas.map { [folder] name in
                let arguments = [
                    "demo-replica", "--port", "\(port)", "--replica", name, "--work", "0", "--require", "B",
                    "--transfers",
                ]
                return TestProcess(program, arguments, log: folder.appending(path: "\(name).log").path)
            }
        }

        func end() {
            for replica in replicas { replica.end(SIGKILL) }
            store.kill()
            mosquitto.kill()
            try? FileManager.default.removeItem(at: folder)
        }

        /// Kills one of them with -9 and starts it again.
        func kill(_ number: Int) async throws {
            switch number % 4 {
            case 0: replicas[0].end(SIGKILL)
            case 1: store.kill()
            case 2: replicas[1].end(SIGKILL)
            default: mosquitto.kill()
            }
            switch number % 4 {
            case 0: try replicas[0].start()
            case 1: try store.start()
            case 2: try replicas[1].start()
            default: try await mosquitto.start()
            }
        }

        /// A replica that gave up, because the broker was away too long, say, is started again, as a supervisor would.
        func revive() throws {
            for replica in replicas where !replica.isRunning { try replica.start() }
        }
    }

    private static func withSite(_ body: (Site, ForeignClient) async throws -> Void) async throws {
        let site = try await Site()
        defer { site.end() }
        try site.store.start()
        try await ForeignClient.with(site.mosquitto.endpoint, "judge") { client in
            while (try? await client.ask(.get("x"), timeout: .milliseconds(500))) == nil {
                try Task.checkCancellation()
            }
            try await body(site, client)
        }
    }

    private static func transfer(_ number: Int) -> Transfers.Transfer {
        let from = number % accounts
        let to = (from + 1 + number / accounts) % accounts
        return Transfers.Transfer(name: "t\(number)", from: "\(from)", to: "\(to)")
    }

    private static func publish(_ number: Int, _ client: ForeignClient) async throws {
        var message = MQTTMessage(
            topic: "transfers/x",
            payload: ByteBuffer(bytes: try JSONEncoder().encode(transfer(number)))
        )
        message.properties.userProperties = [MQTTUserProperty("martlet-id", "transfer-\(number)")]
        _ = try await client.client.publish(message)
    }

    private static func get(_ key: String, _ client: ForeignClient) async throws -> [UInt8]? {
        while true {
            try Task.checkCancellation()
            guard let answer = try? await client.ask(.get(key), timeout: .seconds(2)) else { continue }
            if case .bulk(let bytes) = answer.value { return bytes }
            return nil
        }
    }

    /// An account as its next reader will see it.
    private static func account(_ name: String, _ client: ForeignClient) async throws -> Transfers.Account {
        let key = "accounts/\(name)"
        guard let bytes = try await get("temperatures/\(key)", client) else { return Transfers.Account() }
        var envelope = try StateEnvelope(bytes, key: key)
        if let pending = envelope.pending,
            let intent = try await get("temperatures/\(StateIntent.key(pending))", client),
            let change = StateIntent(intent)?.changes?.first(where: { $0.key == key })
        {
            envelope = try StateEnvelope(change.envelope, key: key)
        }
        guard !envelope.isRemoved else { return Transfers.Account() }
        return try JSONDecoder().decode(Transfers.Account.self, from: Data(envelope.payload))
    }

    private static func all(_ client: ForeignClient) async throws -> [String: Transfers.Account] {
        var all: [String: Transfers.Account] = [:]
        for number in 0..<accounts { all["\(number)"] = try await account("\(number)", client) }
        return all
    }

    /// Which transfers are not in both of their accounts.
    private static func missing(_ all: [String: Transfers.Account]) -> [Int] {
        (0..<transfers).filter { number in
            let transfer = transfer(number)
            return [transfer.from, transfer.to].contains { all[$0]?.applied[transfer.name] == nil }
        }
    }

    /// What was applied more than once, or to one account only.
    private static func wrong(_ all: [String: Transfers.Account]) -> [String] {
        (0..<transfers).compactMap { number in
            let transfer = transfer(number)
            let times = [transfer.from, transfer.to].map { all[$0]?.applied[transfer.name] ?? 0 }
            return times == [1, 1] || times == [0, 0] ? nil : "\(transfer.name) was applied \(times) times"
        }
    }

    @Test(
        "Messages that change two keys are applied once, though worker, state store and mosquitto are killed with -9, and each comes again"
    )
    func killed() async throws {
        try await Self.withSite { site, client in
            try site.revive()
            for number in 0..<Self.transfers {
                try await Self.publish(number, client)
                if number % 5 == 4 { try await site.kill(number / 5) }
            }
            // Mosquitto loses what it had not saved; and what was applied comes again, under the same identifier.
            var missing = Self.missing(try await Self.all(client))
            var looks = 0
            while !missing.isEmpty {
                try site.revive()
                // Seldom: each time puts all of it once more into what waits.
                if looks % Self.looksBeforeAgain == 0 {
                    for number in missing { try await Self.publish(number, client) }
                }
                looks += 1
                missing = Self.missing(try await Self.all(client))
            }
            for number in 0..<Self.transfers { try await Self.publish(number, client) }
            // One more behind all these: when it is applied, the replicas have had them.
            let last = Self.transfer(Self.transfers)
            looks = 0
            repeat {
                try site.revive()
                if looks % Self.looksBeforeAgain == 0 { try await Self.publish(Self.transfers, client) }
                looks += 1
            } while try await Self.account(last.to, client).applied[last.name] == nil
            for replica in site.replicas { #expect(replica.end(SIGTERM), "it did not end in order") }
            let accounts = try await Self.all(client)
            #expect(Self.wrong(accounts) == [], "\(site.replicas.map(\.logged))")
            #expect(Self.missing(accounts) == [])
            #expect(accounts.values.reduce(0) { $0 + $1.balance } == 0)
        }
    }
}
