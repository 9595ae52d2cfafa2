import Foundation
import Synchronization
import Testing

@testable import Martlet

@Suite("The thread pool", .timeLimit(.minutes(10)))
struct ThreadPoolTests {
    /// Holds threads until it is opened: what a handler that blocks does.
    private final class Barrier: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        func block() { semaphore.wait() }
        func open(for count: Int) { for _ in 0..<count { semaphore.signal() } }
    }

    private final class Count: Sendable {
        let value = Atomic(0)
    }

    @Test("Tasks that prefer the pool, their child tasks and what they await run on its threads")
    func runsOnItsThreads() async {
        let pool = ThreadPool(threads: 2, name: "pool-test")
        defer { pool.shutDown() }
        let names = await withTaskGroup(of: [String].self) { group in
            group.addTask(executorPreference: pool) {
                let before = threadName()
                async let child = threadName()
                await Task.yield()
                return [before, await child, threadName()]
            }
            return await group.next() ?? []
        }
        #expect(names.count == 3)
        #expect(names.allSatisfy { $0.hasPrefix("pool-test-") })
    }

    @Test("A handler that blocks its thread leaves the other threads to the others")
    func blockingStarvesNobody() async {
        let pool = ThreadPool(threads: 2)
        defer { pool.shutDown() }
        let barrier = Barrier()
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: pool) { barrier.block() }
            for _ in 0..<100 {
                group.addTask(executorPreference: pool) { await Task.yield() }
            }
            for _ in 0..<100 { await group.next() }
            barrier.open(for: 1)
            await group.waitForAll()
        }
    }

    @Test("Blocked threads are more than Swift's own pool has, and that one still works")
    func blocksBeyondTheCooperativePool() async {
        let threads = ProcessInfo.processInfo.activeProcessorCount * 2 + 2
        let pool = ThreadPool(threads: threads)
        defer { pool.shutDown() }
        let barrier = Barrier()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<threads {
                group.addTask(executorPreference: pool) { barrier.block() }
            }
            // Runs on the global executor while every thread of the pool is held.
            await withTaskGroup(of: Void.self) { other in
                for _ in 0..<10 { other.addTask { await Task.yield() } }
            }
            barrier.open(for: threads)
        }
    }

    @Test("A held thread gets a substitute, and ends when it is let go")
    func substitutes() async throws {
        let pool = ThreadPool(threads: 1)
        defer { pool.shutDown() }
        let barrier = Barrier()
        let begun = Latch<Void>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: pool) {
                begun.set(())
                barrier.block()
            }
            _ = await begun.wait()
            let without = pool.substituteThreadsHeld(atLeast: .zero, limit: 0)
            #expect(without.replaced.isEmpty && without.refused == 1)
            let held = try #require(pool.substituteThreadsHeld(atLeast: .zero, limit: 1).replaced.first)
            while !held.activity.hasPrefix("waits") { await Task.yield() }
            let again = pool.substituteThreadsHeld(atLeast: .zero, limit: 1)
            #expect(again.replaced.isEmpty && again.refused == 0, "one substitute is enough")
            #expect(pool.livingThreads == 2)
            // Only the substitute can run this.
            await withTaskGroup(of: Void.self) { other in
                other.addTask(executorPreference: pool) { await Task.yield() }
            }
            barrier.open(for: 1)
        }
        while pool.livingThreads > 1 { await Task.yield() }
        #expect(pool.livingThreads == 1)
    }

    @Test("After the shutdown the threads end, and a task that comes late still runs")
    func shutsDown() async {
        let pool = ThreadPool(threads: 3)
        #expect(pool.livingThreads == 3)
        pool.shutDown()
        while pool.livingThreads > 0 { await Task.yield() }
        let answer = await withTaskGroup(of: Int.self) { group in
            group.addTask(executorPreference: pool) {
                await Task.yield()
                return 42
            }
            return await group.next()
        }
        #expect(answer == 42)
        while pool.livingThreads > 0 { await Task.yield() }
    }

    @Test("Many tasks on few threads all run")
    func manyTasks() async {
        let pool = ThreadPool(threads: 4)
        defer { pool.shutDown() }
        let count = Count()
        await withDiscardingTaskGroup { group in
            for _ in 0..<10_000 {
                group.addTask(executorPreference: pool) {
                    await Task.yield()
                    count.value.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(count.value.load(ordering: .relaxed) == 10_000)
    }
}

/// The name of the calling thread, as the system has it.
private func threadName() -> String {
    let name = FileManager.default.contents(atPath: "/proc/thread-self/comm") ?? Data()
    return String(decoding: name, as: UTF8.self)
}
