import MQTTClient
import Martlet
import MartletTesting
import Testing

/// A message whose handling ends the process, which so can not say that it failed.
@Suite("A message that ends its replica", .timeLimit(.minutes(10)))
struct PoisonTests {
    private let innocents = (0..<5).map { "innocent \($0)" }

    /// Waits as work does that takes long: until it is cancelled.
    private static func workOn() async throws {
        for await _ in AsyncStream<Never>.makeStream().stream {}
        throw CancellationError()
    }

    @Test("It goes to the dead letter topic, and nothing that was in the same hands does")
    func poison() async throws {
        try await StateRig.with { rig in
            let (begun, handled) = (Tally(), Tally())
            let attempts = 3
            let handler = Texts { text, context in
                if text == "poison" {
                    begun.count(text)
                    try await Self.workOn()
                }
                // They die with it again and again, until they are as suspect as it is.
                if context.attempt <= attempts { try await Self.workOn() }
                handled.count(text)
            }
            let configuration = rig.configuration(0) {
                $0.retry.attempts = attempts
                $0.slots = 8
            }
            let letters = try await rig.collectingDeadLetters("martlet/dead-letter/w/#") { letters in
                let registrations = [HandlerRegistration("in/+", handler: handler)]
                var deaths = 0
                while letters.all.isEmpty {
                    let worker = try TestWorker(configuration, handlers: registrations)
                    worker.start()
                    if deaths == 0 {
                        try await rig.waitForReplica("w-0")
                        try await rig.publish(["poison"] + innocents, keys: 1)
                    }
                    while letters.all.isEmpty, begun.total == deaths { await Task.yield() }
                    if !letters.all.isEmpty { await handled.wait(for: innocents) }
                    await worker.crash()
                    deaths = begun.total
                }
                #expect(deaths == attempts + 2, "as often as it may fail, and twice alone")
            }
            #expect(letters.all.map(\.text) == ["poison"])
            let properties = letters.all[0].properties.userProperties
            #expect(properties.contains(MQTTUserProperty("martlet-dead-letter-reason", "replica-died")))
            #expect(handled.counts == Dictionary(uniqueKeysWithValues: innocents.map { ($0, 1) }))
        }
    }

    @Test("A handler that outlives the grace of a stop has failed an attempt")
    func outlivesTheGrace() async throws {
        try await StateRig.with { rig in
            let (hanging, seen) = (Tally(), Tally())
            let door = Door()
            let handler = Texts { text, context in
                seen.count("\(text) \(context.attempt)")
                guard context.attempt == 1 else { return }
                hanging.count(text)
                door.block()
            }
            let configuration = rig.configuration(0) { $0.grace = .milliseconds(1) }
            let registrations = [HandlerRegistration("in/+", handler: handler)]
            let worker = try TestWorker(configuration, handlers: registrations)
            worker.start()
            try await rig.waitForReplica("w-0")
            try await rig.publish(["hung"], keys: 1)
            await hanging.wait(for: ["hung"])
            try await worker.stop()
            door.open(for: 1)
            let next = try TestWorker(configuration, handlers: registrations)
            next.start()
            await seen.wait(for: ["hung 1", "hung 2"])
            try await next.stop()
        }
    }

    @Test("A replica all of whose handlers hang ends and says why")
    func allHung() async throws {
        try await StateRig.with { rig in
            let hanging = Tally()
            let door = Door()
            let handler = Texts { text, _ in
                hanging.count(text)
                door.block()
            }
            let configuration = rig.configuration(0) {
                $0.slots = 2
                $0.deadline = .milliseconds(20)
            }
            let worker = try TestWorker(configuration, handlers: [HandlerRegistration("in/+", handler: handler)])
            worker.start()
            try await rig.waitForReplica("w-0")
            try await rig.publish(["hung 0", "hung 1", "third"], keys: 1)
            let error = await #expect(throws: WorkerError.self) { try await worker.waitUntilEnded() }
            #expect(error?.code == .handlersHung)
            #expect(hanging.counts == ["hung 0": 1, "hung 1": 1])
            door.open(for: 2)
        }
    }
}
