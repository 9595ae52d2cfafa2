import Logging
import MQTTClient
import MartletTesting
import StateStoreClient
import Synchronization
import Testing

/// Over a real broker, with the machine's clock: nothing here depends on how fast the machine is.
@Suite("Lease, lock and leader", .timeLimit(.minutes(10)))
struct LeaseTests {
    @Test(arguments: [true, false])
    func oneHoldsAndTheOtherDoesNot(isPlain: Bool) async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one", isPlain: isPlain) { one in
                try await withStore(broker, "two", isPlain: isPlain) { two in
                    let result = try await Lease("lease", in: one).hold { held in
                        #expect(held.isHeld)
                        #expect(try await Lease("lease", in: two).holder() == "one")
                        let other = try await Lease("lease", in: two).hold { _ in true }
                        #expect(other == nil)
                        try await held.set("k", [1])
                        return 42
                    }
                    #expect(result == 42)
                    #expect(try await Lease("lease", in: two).holder() == nil, "let go at once")
                    let again = try await Lease("lease", in: two).hold { _ in true }
                    #expect(again == true)
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func aLockLetsOneInAtATimeAndNoEditIsLost(isPlain: Bool) async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one", isPlain: isPlain) { one in
                try await withStore(broker, "two", isPlain: isPlain) { two in
                    let inside = Occupancy()
                    var configuration = LeaseConfiguration()
                    configuration.herdWindow = .milliseconds(5)
                    let locks = [one, two, one, two].map { Lock("lock", in: $0, configuration: configuration) }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for lock in locks {
                            group.addTask {
                                for _ in 0..<5 {
                                    try await lock.withLock { held in
                                        #expect(inside.enter() == 1)
                                        try await held.edit("count") { bytes in
                                            let text = String(decoding: bytes ?? [], as: UTF8.self)
                                            return [UInt8]("\((Int(text) ?? 0) + 1)")
                                        }
                                        inside.leave()
                                    }
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    #expect(try await one.get("count")?.value == [UInt8]("20"))
                }
            }
        }
    }

    @Test func aCancelledWaitLeavesNothingBehind() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one") { one in
                try await withStore(broker, "two") { two in
                    try await Lock("lock", in: one).withLock { _ in
                        let waiting = Task { try await Lock("lock", in: two).withLock { _ in } }
                        waiting.cancel()
                        await #expect(throws: CancellationError.self) { try await waiting.value }
                        await #expect { try await Lock("lock", in: two).withLock(timeout: .zero) { _ in } } throws: {
                            ($0 as? StateStoreError)?.code == .timedOut
                        }
                    }
                    try await Lock("lock", in: two).withLock { _ in }
                }
            }
        }
    }

    /// The lease is taken away in the store: the holder hears of it, its closure is cancelled, its writes are refused.
    @Test func aHolderWhoseLeaseIsTakenStepsDown() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one") { one in
                try await withStore(broker, "two") { two in
                    var configuration = LeaseConfiguration(duration: .seconds(60))
                    configuration.renewalInterval = .milliseconds(20)
                    let held = Mutex<HeldLease?>(nil)
                    let lock = Lock("lock", in: one, configuration: configuration)
                    await #expect {
                        try await lock.withLock { lease in
                            held.withLock { $0 = lease }
                            try await lease.set("k", [1])
                            // In a task of its own: this one may be cancelled before the answer is here.
                            _ = try await Task { try await two.set("lock", [9]) }.value
                            #expect(await lease.waitUntilLost() == .taken)
                            #expect(!lease.isHeld)
                            while !Task.isCancelled { await Task.yield() }
                        }
                    } throws: {
                        ($0 as? StateStoreError)?.code == .notHeld
                    }
                    let lease = try #require(held.withLock { $0 })
                    await #expect { try await lease.set("k", [2]) } throws: {
                        ($0 as? StateStoreError)?.code == .notHeld
                    }
                    #expect(try await two.get("lock")?.value == [9], "what is another's is left alone")
                }
            }
        }
    }

    /// The closure is asking the store for something when the lease is lost: the request says that it was cancelled, the lock why.
    @Test func aRequestThatIsCancelledByTheLossIsNotWhatTheLockSays() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one") { one in
                try await withStore(broker, "two") { two in
                    var configuration = LeaseConfiguration(duration: .seconds(60))
                    configuration.renewalInterval = .milliseconds(20)
                    await #expect {
                        try await Lock("lock", in: one, configuration: configuration).withLock { _ in
                            _ = try await Task { try await two.set("lock", [9]) }.value
                            while true { _ = try await one.get("k") }
                        }
                    } throws: {
                        ($0 as? StateStoreError)?.code == .notHeld
                    }
                }
            }
        }
    }

    /// A write of an earlier holder that is late is refused by its token.
    @Test func aLateWriteIsFenced() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one", isPlain: true) { store in
                let old = try await Lease("lease", in: store).hold { held in try held.fencingToken() }
                try await Lease("lease", in: store).hold { held in
                    _ = try await held.edit("k") { _ in [1] }
                    // Fenced already when it is read, not only when it is written.
                    _ = try await held.edit("k") { value in
                        value.map { $0 + [2] }
                    }
                }
                await #expect { try await store.set("k", [9], fencingToken: old) } throws: {
                    ($0 as? StateStoreError)?.code == .fenced
                }
                #expect(try await store.get("k")?.value == [1, 2])
            }
        }
    }

    @Test func aLeaseSurvivesTheDeathOfTheBroker() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one") { one in
                var configuration = LeaseConfiguration(duration: .seconds(60))
                configuration.renewalInterval = .milliseconds(10)
                let tokens = try await Lock("lock", in: one, configuration: configuration).withLock { held in
                    var tokens = [try held.fencingToken()]
                    for _ in 0..<3 {
                        await broker.crash()
                        try await broker.restart()
                        while try held.fencingToken() == tokens.last { await Task.yield() }
                        tokens.append(try held.fencingToken())
                    }
                    return tokens
                }
                #expect(tokens == tokens.sorted())
            }
        }
    }

    @Test func anotherLeadsWhenTheLeaderIsGone() async throws {
        try await TestBroker.withBroker { broker in
            let (terms, began) = AsyncStream.makeStream(of: String.self)
            var iterator = terms.makeAsyncIterator()
            let candidates = Mutex<[String: Task<Void, any Error>]>([:])
            for name in ["one", "two"] {
                let task = Task {
                    try await withStore(broker, name) { store in
                        // The other has it when the store's lease has run out: nobody could let go.
                        let configuration = LeaseConfiguration(duration: .seconds(3))
                        let leader = Leader("leader", in: store, configuration: configuration) { _ in
                            began.yield(name)
                            try await Task.sleep(for: .seconds(600))
                        }
                        try await leader.run()
                    }
                }
                candidates.withLock { $0[name] = task }
            }
            let first = try #require(await iterator.next())
            let leading = candidates.withLock { $0[first] }
            leading?.cancel()
            _ = await leading?.result
            let second = try #require(await iterator.next())
            #expect(second != first)
            for task in candidates.withLock({ Array($0.values) }) { task.cancel() }
        }
    }

    @Test func aLeaderThatIsDoneStandsAgain() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one") { store in
                var configuration = LeaseConfiguration()
                configuration.herdWindow = .milliseconds(1)
                let terms = Occupancy()
                let (done, finished) = AsyncStream.makeStream(of: Void.self)
                let leader = Leader("leader", in: store, configuration: configuration) { term in
                    #expect(term.isHeld)
                    if terms.enter() == 3 { finished.yield() }
                }
                let run = Task { try await leader.run() }
                for await _ in done { break }
                run.cancel()
                _ = await run.result
                let left = try await store.get("leader")
                #expect(left == nil, "let go")
            }
        }
    }

    @Test func aConfigurationThatCanNotWorkIsRefused() async throws {
        try await TestBroker.withBroker { broker in
            try await withStore(broker, "one") { store in
                var configuration = LeaseConfiguration(duration: .seconds(1))
                configuration.renewalInterval = .seconds(1)
                let lock = Lock("lock", in: store, configuration: configuration)
                await #expect { try await lock.withLock { _ in } } throws: {
                    ($0 as? StateStoreError)?.code == .invalidArgument
                }
            }
        }
    }
}
