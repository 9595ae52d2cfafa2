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
            try spoil(folder.path + "/w-0.sqlite", damage)
            let second = try rig.worker(0) { $0.stateDirectory = folder.path }
            let more = texts.map { "again \($0)" }
            try await rig.publish(more, keys: 2)
            await rig.published.tally.wait(for: more)
            try await second.stop()
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            // A checkpoint that was closed is one file, whole: cut off or flipped, it is set aside.
            #expect(files.contains { $0.contains(".damaged-") } == (damage > 0), "\(files)")
            #expect(try await rig.count(0) == 20)
            #expect(try await rig.count(1) == 20)
        }
    }

    /// Cuts a file off, or flips bits of it; without its log, which would put the damaged pages right.
    private func spoil(_ path: String, _ damage: Int) throws {
        guard damage > 0 else { return }
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        var bytes = try Data(contentsOf: URL(filePath: path))
        if damage == 1 { bytes = bytes.prefix(bytes.count / 2) }
        if damage == 2 { for place in stride(from: 0, to: bytes.count, by: 97) { bytes[place] ^= 1 } }
        try bytes.write(to: URL(filePath: path))
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

    /// Only what a replica has been told can come back: it is stopped before the store is lost, so it knows all its commits.
    @Test("A store that lost everything is seeded from the checkpoint of a replica")
    func seeds() async throws {
        let folder = Folder()
        try await StateRig.with { old in
            try await StateRig.with { new in
                let first = try old.worker(0) { $0.stateDirectory = folder.path }
                try await old.publish(texts, keys: 2)
                await old.published.tally.wait(for: texts)
                try await first.stop()
                await old.broker.crash()
                let second = try new.worker(0) { $0.stateDirectory = folder.path }
                try await new.publish(texts, keys: 2)
                await new.published.tally.wait(for: texts)
                try await second.stop()
                let counts = [try await new.count(0), try await new.count(1)]
                #expect(counts == [20, 20])
                try await old.broker.restart()
            }
        }
    }

    /// Lets two replicas know each other on one broker, and the second end before the first has handled the other half.
    private func makeBehind(_ old: StateRig, _ folder: Folder) async throws {
        let ahead = try old.worker(0) { $0.stateDirectory = folder.path }
        try await old.publish(["warm"], keys: 1)
        await old.published.tally.wait(for: ["warm"])
        try await old.waitForReplica("w-0")
        let behind = try old.worker(1) { $0.stateDirectory = folder.path }
        try await old.waitForReplica("w-1")
        try await ahead.stop()
        try await old.publish(Array(texts.prefix(10)), keys: 2)
        await old.published.tally.wait(for: texts.prefix(10))
        try await behind.stop()
        let again = try old.worker(0) { $0.stateDirectory = folder.path }
        try await old.publish(Array(texts.suffix(10)), keys: 2)
        await old.published.tally.wait(for: texts.suffix(10))
        try await again.stop()
        await old.broker.crash()
    }

    @Test("A replica that is behind waits for one that it knows of, and the newest version of each key wins")
    func seedsTogether() async throws {
        let folder = Folder()
        try await StateRig.with { old in
            try await StateRig.with { new in
                try await makeBehind(old, folder)
                let behind = try new.worker(1) {
                    $0.stateDirectory = folder.path
                    // It must not be needed.
                    $0.seedingPatience = .seconds(3600)
                }
                let publishing = Task { try await new.publish(texts, keys: 2) }
                try await new.waitForKey("w/.told/w-1")
                let ahead = try new.worker(0) { $0.stateDirectory = folder.path }
                try await publishing.value
                await new.published.tally.wait(for: texts)
                try await behind.stop()
                try await ahead.stop()
                #expect(try await new.count(0) == 21)
                #expect(try await new.count(1) == 20)
                try await old.broker.restart()
            }
        }
    }

    @Test("One that never comes is waited for only so long; what it brings later does not undo what was written since")
    func seedsLate() async throws {
        let folder = Folder()
        try await StateRig.with { old in
            try await StateRig.with { new in
                try await makeBehind(old, folder)
                let behind = try new.worker(1) {
                    $0.stateDirectory = folder.path
                    $0.seedingPatience = .milliseconds(20)
                }
                // Key 0 goes on from what this one knows; key 1 is not touched.
                try await new.publish(Array(texts.prefix(10)), keys: 1)
                await new.published.tally.wait(for: texts.prefix(10))
                try await behind.stop()
                let ahead = try new.worker(0) { $0.stateDirectory = folder.path }
                try await new.publish(["last"], keys: 1)
                await new.published.tally.wait(for: ["last"])
                try await ahead.stop()
                #expect(try await new.count(0) == 6 + 10 + 1)
                #expect(try await new.count(1) == 10, "newer than what the other seeded")
                try await old.broker.restart()
            }
        }
    }
}
