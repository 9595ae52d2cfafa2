import Foundation
import MQTTClient
import Martlet
import MartletTesting
import Synchronization
import Testing

/// What the checkpoint of a worker is good for, and what it must not do.
@Suite("Checkpoints of a worker", .timeLimit(.minutes(10)))
struct CheckpointingTests {
    private final class Folder: Sendable {
        let path = NSTemporaryDirectory() + "state-\(UInt64.random(in: 0 ... .max))"
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let texts = (0..<20).map(String.init)

    @Test(
        "A restarted replica goes on from its checkpoint; a damaged one is not used, and nothing is wrong",
        arguments: [0, 1, 2]
    )
    func restarts(damage: Int) async throws {
        let folder = Folder()
        try await StateRig.with { rig in
            let first = try rig.worker(0) { $0.stateDirectory = folder.path }
            try await rig.publish(texts, keys: 2)
            await rig.published.tally.wait(for: texts)
            try await first.stop()
            let file = URL(filePath: folder.path + "/w-0.sqlite")
            var bytes = try Data(contentsOf: file)
            if damage == 1 { bytes = bytes.prefix(bytes.count / 2) }
            if damage == 2 { for place in stride(from: 4200, to: bytes.count, by: 97) { bytes[place] ^= 1 } }
            if damage > 0 { try bytes.write(to: file) }
            let second = try rig.worker(0) { $0.stateDirectory = folder.path }
            let more = texts.map { "again \($0)" }
            try await rig.publish(more, keys: 2)
            await rig.published.tally.wait(for: more)
            try await second.stop()
            #expect(try await rig.count(0) == 20)
            #expect(try await rig.count(1) == 20)
        }
    }

    @Test("A checkpoint that is behind costs another run, and nothing else")
    func behind() async throws {
        let folder = Folder()
        try await StateRig.with { rig in
            let first = try rig.worker(0) { $0.stateDirectory = folder.path }
            try await rig.publish(texts, keys: 2)
            await rig.published.tally.wait(for: texts)
            try await first.stop()
            let other = try rig.worker(1)
            let more = texts.map { "other \($0)" }
            try await rig.publish(more, keys: 2)
            await rig.published.tally.wait(for: more)
            try await other.stop()
            let second = try rig.worker(0) { $0.stateDirectory = folder.path }
            let last = texts.map { "last \($0)" }
            try await rig.publish(last, keys: 2)
            await rig.published.tally.wait(for: last)
            try await second.stop()
            #expect(try await rig.count(0) == 30)
            #expect(try await rig.count(1) == 30)
        }
    }

    @Test("A store that lost everything is seeded from the checkpoints of its replicas", arguments: [true, false])
    func seeds(hasCheckpoint: Bool) async throws {
        let folder = Folder()
        try await StateRig.with { old in
            try await StateRig.with { new in
                let present = Mutex(old.broker)
                let replica = { @Sendable (number: Int) in
                    try old.worker(number) {
                        $0.broker = .connector { try await present.withLock { $0 }.connect() }
                        if hasCheckpoint { $0.stateDirectory = folder.path }
                    }
                }
                let workers = [try replica(0), try replica(1)]
                try await old.publish(texts, keys: 2)
                await old.published.tally.wait(for: texts)
                present.withLock { $0 = new.broker }
                await old.broker.crash()
                try await new.publish(texts, keys: 2)
                await new.published.tally.wait(for: texts)
                for worker in workers { try await worker.stop() }
                #expect(try await new.count(0) == 20)
                #expect(try await new.count(1) == 20)
                try await old.broker.restart()
            }
        }
    }
}
