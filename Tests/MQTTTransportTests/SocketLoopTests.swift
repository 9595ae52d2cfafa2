import MQTTTransport
import NIOCore
import Synchronization
import Testing

@Suite("A loop of plain sockets: tasks and timers")
struct SocketLoopTests {
    @Test("Tasks from elsewhere run on the loop, in their order")
    func tasksInOrder() async throws {
        let loop = try SocketLoop.start()
        #expect(!loop.inEventLoop)
        let seen = NIOLoopBoundBox.makeBoxSendingValue([Int](), eventLoop: loop)
        for number in 0..<1_000 { loop.execute { seen.value.append(number) } }
        let numbers = try await loop.submit {
            #expect(loop.inEventLoop)
            return seen.value
        }.get()
        #expect(numbers == Array(0..<1_000))
        try await loop.shutdownGracefully()
    }

    @Test("A task that a task asks for comes behind those that wait")
    func tasksOfTasks() async throws {
        let loop = try SocketLoop.start()
        let seen = NIOLoopBoundBox.makeBoxSendingValue([String](), eventLoop: loop)
        try await loop.submit {
            loop.execute {
                seen.value.append("first")
                loop.execute { seen.value.append("third") }
            }
            loop.execute { seen.value.append("second") }
        }.get()
        while try await loop.submit({ seen.value.count }).get() < 3 {}
        #expect(try await loop.submit { seen.value }.get() == ["first", "second", "third"])
        try await loop.shutdownGracefully()
    }

    @Test("Timers come in the order of their times, none early, and a cancelled one never")
    func timers() async throws {
        let loop = try SocketLoop.start()
        let seen = NIOLoopBoundBox.makeBoxSendingValue([Int64](), eventLoop: loop)
        let began = NIODeadline.now()
        var last: EventLoopFuture<Void>?
        for delay: Int64 in [30, 10, 20, 40] {
            let scheduled = loop.scheduleTask(in: .milliseconds(delay)) {
                #expect(NIODeadline.now() - began >= .milliseconds(delay))
                seen.value.append(delay)
            }
            last = scheduled.futureResult
        }
        let cancelled = loop.scheduleTask(in: .milliseconds(15)) { seen.value.append(15) }
        cancelled.cancel()
        try await last?.get()
        #expect(try await loop.submit { seen.value }.get() == [10, 20, 30, 40])
        await #expect(throws: EventLoopError.self) { try await cancelled.futureResult.get() }
        try await loop.shutdownGracefully()
    }

    @Test("The end runs what was asked for and fails the timers")
    func end() async throws {
        let loop = try SocketLoop.start()
        let seen = Mutex<[String]>([])
        let timer = loop.scheduleTask(in: .hours(1)) {}
        // Attached before the end: on a loop that has ended nothing can be.
        try await loop.submit {
            timer.futureResult.whenFailure { _ in seen.withLock { $0.append("failed") } }
        }.get()
        loop.execute { seen.withLock { $0.append("ran") } }
        try await loop.shutdownGracefully()
        #expect(seen.withLock { $0 }.sorted() == ["failed", "ran"])
    }
}
