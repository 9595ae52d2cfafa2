import Martlet
import MartletTesting
import Synchronization
import Testing

/// Level B: on a broker without the commit, with a store that answers the protocol.
@Suite("Applied and recognised", .timeLimit(.minutes(10)))
struct DeduplicatedTests {
    private let texts = (0..<30).map(String.init)

    private func plain(_ configuration: inout WorkerConfiguration) {
        configuration.asksForExtension = false
        configuration.require = .deduplicated
    }

    @Test(
        "A replica is killed between any two steps, and no message is applied twice",
        arguments: WorkerCrashPoint.allCases
    )
    func workerDies(point: WorkerCrashPoint) async throws {
        try await StateRig.with { rig in
            let first = try rig.worker(0, change: plain)
            let second = try rig.worker(1, change: plain)
            async let death: Void = first.crash(at: point)
            try await rig.publish(texts, keys: 3, identified: true)
            await death
            let third = try rig.worker(0, change: plain)
            await rig.published.tally.wait(for: texts)
            try await second.stop()
            try await third.stop()
            for key in 0..<3 { #expect(try await rig.count(key) == 10, "key \(key)") }
        }
    }

    @Test("A message that comes twice is recognised, and what it published goes out again under the same identifier")
    func recognises() async throws {
        try await StateRig.with { rig in
            let runs = Tally()
            let handler = Texts { text, context in
                try await context.state.update(StateRig.counts["0"], default: 0) { $0 += 1 }
                runs.count(context.messageIdentifier ?? "none")
                try context.publish(text: context.messageIdentifier ?? "none", to: "out/\(text)")
            }
            let worker = try TestWorker(
                rig.configuration(0, change: plain),
                handlers: [HandlerRegistration("in/+", handler: handler)]
            )
            worker.start()
            try await rig.publish(["a", "a", "b"], keys: 1, identified: true)
            await rig.published.tally.wait(for: ["m-a", "m-b"])
            try await worker.stop()
            #expect(try await rig.count(0) == 2)
            #expect(runs.counts["m-b"] ?? 0 >= 1)
        }
    }

    @Test(
        "A message that changes several keys changes all of them once, whenever its replica is killed",
        arguments: WorkerCrashPoint.allCases
    )
    func severalKeys(point: WorkerCrashPoint) async throws {
        try await StateRig.with { rig in
            let first = try transferring(rig, 0)
            let second = try transferring(rig, 1)
            async let death: Void = first.crash(at: point)
            try await rig.publish(texts, keys: 3, identified: true)
            await death
            let third = try transferring(rig, 0)
            await rig.published.tally.wait(for: texts)
            try await second.stop()
            try await third.stop()
            for key in 0..<3 { #expect(try await rig.count(key) == 10, "key \(key)") }
            #expect(try await rig.count("all") == 30)
        }
    }

    /// A worker that counts each message under the key of its topic, and under one for all.
    private func transferring(_ rig: StateRig, _ replica: Int) throws -> TestWorker {
        let handler = Texts { text, context in
            for name in [context.captures[0], "all"] {
                try await context.state.update(StateRig.counts[name], default: 0) { $0 += 1 }
            }
            try context.publish(text: text, to: "out/\(text)")
        }
        let worker = try TestWorker(
            rig.configuration(replica, change: plain),
            handlers: [HandlerRegistration("in/+", handler: handler)]
        )
        worker.start()
        return worker
    }

    @Test("A handler that changes too many keys is refused, with what to do")
    func tooManyKeys() async throws {
        try await StateRig.with { rig in
            let seen = Mutex<[String]>([])
            let handler = Texts { _, context in
                do {
                    for key in 0..<17 { try context.state.set(1, for: StateRig.counts["\(key)"]) }
                } catch let error as WorkerError {
                    seen.withLock { $0.append("\(error)") }
                    throw PermanentError("refused", cause: error)
                }
            }
            let worker = try TestWorker(
                rig.configuration(0) {
                    plain(&$0)
                    $0.deadLetterRoot = "out/dead"
                },
                handlers: [HandlerRegistration("in/+", handler: handler)]
            )
            worker.start()
            try await rig.publish(["a"], keys: 1)
            await rig.published.tally.wait(for: ["a"])
            try await worker.stop()
            #expect(seen.withLock { $0 }.first?.contains("16 keys") == true)
            #expect(try await rig.count(0) == nil)
        }
    }
}
