import Foundation
import Martlet
import MartletTesting
import Synchronization
import Testing

/// Level A: whatever dies, state and outputs are those of a run without faults.
@Suite("Applied once", .timeLimit(.minutes(10)))
struct AtomicTests {
    private let texts = (0..<60).map(String.init)
    private let keys = 5

    private func expectExact(_ rig: StateRig, count: Int = 60) async throws {
        for key in 0..<keys { #expect(try await rig.count(key) == count / keys, "key \(key)") }
        #expect(rig.published.doubles == [])
    }

    @Test("A replica is killed between any two steps", arguments: WorkerCrashPoint.allCases)
    func workerDies(point: WorkerCrashPoint) async throws {
        try await StateRig.with { rig in
            let first = try rig.worker(0)
            let second = try rig.worker(1)
            async let death: Void = first.crash(at: point)
            try await rig.publish(texts, keys: keys)
            await death
            let third = try rig.worker(0)
            await rig.published.tally.wait(for: texts)
            try await second.stop()
            try await third.stop()
            try await expectExact(rig)
        }
    }

    @Test("The broker is killed at any point of a page", arguments: BrokerCrashPoint.allCases)
    func brokerDies(point: BrokerCrashPoint) async throws {
        try await StateRig.with { rig in
            let gate = Door()
            let isFirst = Mutex(true)
            let handler = Texts { text, context in
                try await context.state.update(StateRig.counts[context.captures[0]], default: 0) { $0 += 1 }
                try context.publish(text: text, to: "out/\(text)")
                if text == "0",
                    isFirst.withLock({ first in
                        defer { first = false }
                        return first
                    })
                {
                    gate.block()
                }
            }
            let worker = try TestWorker(
                rig.configuration(0),
                handlers: [HandlerRegistration("in/+", handler: handler)]
            )
            worker.start()
            try await rig.publish(Array(texts.prefix(30)), keys: keys)
            try await rig.withClient("ticker") { client in
                let death = Task { await rig.broker.crash(at: point) }
                gate.open(for: 1)
                // There is a next page, whatever the commits do.
                let page = Task {
                    _ = try? await client.publish(MQTTMessage(topic: "elsewhere", text: "x", retain: true))
                }
                await death.value
                try await rig.broker.restart()
                await page.value
            }
            try await rig.publish(Array(texts.suffix(30)), keys: keys)
            await rig.published.tally.wait(for: texts)
            try await worker.stop()
            try await expectExact(rig)
        }
    }

    @Test("Two replicas fight for one key, and every message counts once")
    func oneKey() async throws {
        try await StateRig.with { rig in
            let workers = [try rig.worker(0), try rig.worker(1)]
            try await rig.publish(texts, keys: 1)
            await rig.published.tally.wait(for: texts)
            for worker in workers { try await worker.stop() }
            #expect(try await rig.count(0) == 60)
            #expect(rig.published.doubles == [])
        }
    }

    @Test("A handler that fails is tried again by the broker, and leaves nothing of the attempts that failed")
    func retries() async throws {
        try await StateRig.with { rig in
            let handler = Texts { text, context in
                try await context.state.update(StateRig.counts["0"], default: 0) { $0 += context.attempt }
                try context.publish(text: "\(context.attempt)", to: "out/\(text)")
                #expect(context.messageIdentifier != nil)
                if context.attempt < 3 { throw Failure(description: "not yet") }
            }
            let worker = try TestWorker(
                rig.configuration(0),
                handlers: [HandlerRegistration("in/+", handler: handler)]
            )
            worker.start()
            try await rig.publish(["a"], keys: 1)
            await rig.published.tally.wait(for: ["3"])
            try await worker.stop()
            #expect(rig.published.tally.counts == ["3": 1])
            #expect(try await rig.count(0) == 3)
        }
    }

    @Test("A dead letter goes out with the acknowledgement, once, and the state of the attempts does not")
    func deadLetters() async throws {
        try await StateRig.with { rig in
            let handler = Texts { text, context in
                try context.state.set(7, for: StateRig.counts["0"])
                throw PermanentError("never")
            }
            let worker = try TestWorker(
                rig.configuration(0) { $0.deadLetterRoot = "out/dead" },
                handlers: [HandlerRegistration("in/+", handler: handler)]
            )
            worker.start()
            try await rig.publish(["a", "b"], keys: 1)
            await rig.published.tally.wait(for: ["a", "b"])
            try await worker.stop()
            #expect(rig.published.tally.counts == ["a": 1, "b": 1])
            #expect(try await rig.count(0) == nil)
        }
    }

    @Test("Level A is not given by every broker, and required it is refused elsewhere, with what to do")
    func requires() async throws {
        try await BrokerUnderTest.with(.mosquitto) { broker in
            var configuration = broker.worker("w")
            configuration.require = .atomic
            let worker = try TestWorker(
                configuration,
                handlers: [HandlerRegistration("in/+", handler: Texts { _, _ in })]
            )
            worker.start()
            let error = await #expect(throws: WorkerError.self) { try await worker.waitUntilEnded() }
            #expect(error?.code == .guaranteeNotMet)
            #expect(error?.message.contains("level A is required") == true)
            #expect(error?.message.contains("use Martlet's broker") == true)
        }
    }
}
