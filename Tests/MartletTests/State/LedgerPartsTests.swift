import Synchronization
import Testing

@testable import Martlet

@Suite("Parts of the ledger", .timeLimit(.minutes(10)))
struct LedgerPartsTests {
    @Test("What gathers while a batch is on its way goes with the next")
    func batches() async {
        let sizes = Mutex<[Int]>([])
        let gate = Latch<Void>()
        var limits = BatchQueue<Int, Int>.Limits()
        limits.inFlight = 1
        let queue = BatchQueue<Int, Int>(limits: limits) { items in
            sizes.withLock { $0.append(items.count) }
            _ = await gate.wait()
            return items.map { $0 * 2 }
        }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { if case .success(2) = await queue.ask(1, size: 1) { true } else { false } }
            while sizes.withLock({ $0.isEmpty }) { await Task.yield() }
            for number in 2...20 {
                group.addTask {
                    if case .success(number * 2) = await queue.ask(number, size: 1) { true } else { false }
                }
            }
            while queue.waitingCount < 19 { await Task.yield() }
            gate.set(())
            for await isRight in group { #expect(isRight) }
        }
        #expect(sizes.withLock { $0 } == [1, 19])
    }

    @Test("When the connection is lost all that waits or is on its way is let go of, and the queue goes on")
    func loses() async {
        let isSlow = Mutex(true)
        let queue = BatchQueue<Int, Int> { items in
            if isSlow.withLock({ $0 }) { try await Task.sleep(for: .seconds(3600)) }
            return items
        }
        async let first = queue.ask(1, size: 1)
        while queue.inFlightCount == 0 { await Task.yield() }
        queue.lose()
        guard case .failure(.lost) = await first else {
            Issue.record("it was not let go of")
            return
        }
        isSlow.withLock { $0 = false }
        guard case .success(2) = await queue.ask(2, size: 1) else {
            Issue.record("the queue does not go on")
            return
        }
    }

    @Test("Runs take turns at a key; who would wait for himself goes without")
    func turns() async {
        let turns = KeyTurns(time: WorkerTime(clock: ContinuousClock()))
        let (one, two) = (turns.begin(), turns.begin())
        await turns.take("a", by: one)
        await turns.take("b", by: two)
        let done = Tally()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await turns.take("b", by: one)
                done.count("one has b")
            }
            while turns.waitingCount == 0 { await Task.yield() }
            // Two holds b, for which one waits: it must not wait for a.
            await turns.take("a", by: two)
            #expect(done.total == 0)
            turns.end(two)
        }
        #expect(done.total == 1)
        turns.end(one)
        #expect(turns.waitingCount == 0)
    }

    @Test("A cache believes what it learnt in this connection, and nothing after the next")
    func doubts() {
        let cache = StateCache(maximumBytes: 1 << 20)
        func isCurrent() -> Bool { if case .current = cache.lookUp("k") { true } else { false } }
        cache.put("k", .absent, connection: cache.connection)
        #expect(isCurrent())
        cache.doubt(["k"])
        #expect(!isCurrent())
        cache.put("k", .absent, connection: cache.connection)
        #expect(isCurrent())
        cache.disconnected()
        #expect(!isCurrent())
        cache.synchronised(cache.connection)
        #expect(isCurrent())
    }

    @Test("An outbox gives back what was put into it")
    func outbox() {
        var properties = MQTTMessageProperties(expiry: .milliseconds(1500), contentType: "t", responseTopic: "r")
        properties.correlationData = [1]
        properties.payloadFormat = .utf8
        properties.userProperties = [MQTTUserProperty("a", "b"), MQTTUserProperty("a", "c")]
        let messages = [
            MQTTMessage(topic: "x", text: "y", retain: true, properties: properties),
            MQTTMessage(topic: "z", text: "", qos: .atMostOnce),
        ]
        #expect(Outbox.decode(Outbox.encode(messages)) == messages)
        #expect(Outbox.encode([]).isEmpty && Outbox.decode([]) == [])
        #expect(Outbox.decode([2, 1]) == nil)
    }
}
