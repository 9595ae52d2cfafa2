#if os(Linux)
package import Dispatch
package import NIOCore
import NIOPosix
import Synchronization

extension SocketLoop {
    package func execute(_ task: @escaping @Sendable () -> Void) {
        if inEventLoop { tasks.append(LoopTask(run: task)) } else { _ = post(task) }
    }

    /// Runs a task on the loop; fails when that has ended, which another loop tells.
    package func submit<T>(_ task: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        // A promise of a loop that has ended could never be kept: it is made only once its task is taken.
        func make() -> (task: @Sendable () -> Void, future: EventLoopFuture<T>) {
            let promise = makePromise(of: T.self)
            let run: @Sendable () -> Void = {
                promise.assumeIsolatedUnsafeUnchecked().completeWith(Result { try task() })
            }
            return (run, promise.futureResult)
        }
        guard !inEventLoop else {
            let (task, future) = make()
            tasks.append(LoopTask(run: task))
            return future
        }
        return post(making: make)
            ?? MultiThreadedEventLoopGroup.singleton.next().makeFailedFuture(EventLoopError.shutdown)
    }

    // What `assumeIsolated().execute` calls, on the loop.
    package func _executeIsolatedUnsafeUnchecked(_ task: @escaping () -> Void) {
        assertInEventLoop()
        tasks.append(LoopTask(run: task))
    }

    package func scheduleTask<T>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        let number = nextTimer.add(1, ordering: .relaxed).oldValue
        let work = TimerHeap.Work(
            run: { promise.assumeIsolatedUnsafeUnchecked().completeWith(Result { try task() }) },
            fail: { promise.fail($0) }
        )
        if inEventLoop {
            timers.add(number, due: deadline, work)
        } else if !post({ self.timers.add(number, due: deadline, work) }) {
            promise.fail(EventLoopError.shutdown)
        }
        return Scheduled(promise: promise) { [self] in
            if inEventLoop { timers.cancel(number) } else { _ = post { self.timers.cancel(number) } }
        }
    }

    package func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(deadline: .now() + delay, task)
    }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        let isThere = post { self.stop { queue.async { callback(nil) } } }
        if !isThere { queue.async { callback(nil) } }
    }

    package func preconditionInEventLoop(file: StaticString, line: UInt) {
        precondition(inEventLoop, "not on its event loop", file: file, line: line)
    }
}
#endif
