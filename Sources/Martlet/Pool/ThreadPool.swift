/// A pool of real threads on which handlers run.
///
/// A handler may block the thread that it runs on: other handlers go on upon the other threads, and neither the
/// event loops of the connection nor the cooperative threads of Swift's own pool ever run a handler. The pool
/// is a `TaskExecutor` (SE-0417): what a handler awaits, and the child tasks that it starts, run here too.
///
/// The queue holds at most one job for each task that lives, so it is bounded by the worker's slots and the
/// child tasks that handlers start. The threads keep the pool alive until ``shutDown()``.
package final class ThreadPool: TaskExecutor, Sendable {
    /// What bounds a pool.
    package enum Limits {
        /// The most threads that a pool may be asked for.
        package static let maximumThreads = 1024
    }

    /// How many threads run jobs.
    package let threads: Int
    private let queue = JobQueue()
    private let name: String

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: How many threads; from 1 to ``Limits/maximumThreads``.
    ///   - name: What the threads are called in a debugger; the system cuts it short.
    package init(threads: Int, name: String = "martlet") {
        precondition((1...Limits.maximumThreads).contains(threads), "A pool has 1 to 1024 threads, not \(threads)")
        self.threads = threads
        self.name = name
        for number in 0..<threads {
            queue.expectThread()
            start(number: number)
        }
    }

    /// Takes a job of a task that prefers this pool.
    ///
    /// - Parameter job: The job; it runs on one of the threads.
    package func enqueue(_ job: consuming ExecutorJob) {
        if queue.append(UnownedJob(job)) {
            // The pool was shut down, yet a task that can not go on would never end: it gets a thread of its own.
            start(number: threads)
        }
    }

    /// Lets the threads end as soon as no job waits.
    ///
    /// It does not wait for them. A job that comes later still runs, on a thread that is started for it.
    package func shutDown() {
        queue.close()
    }

    /// Whether the pool was shut down.
    package var isShutDown: Bool { queue.isShutDown }

    /// How many threads live, those that a job holds included.
    package var livingThreads: Int { queue.livingThreads }

    /// Starts a thread beside each one that a job has held for at least that long.
    ///
    /// The held thread ends when its job lets it go, so the number of threads that can work stays as it was.
    ///
    /// - Parameters:
    ///   - duration: How long a job may hold its thread.
    ///   - limit: How many held threads may have a substitute at a time.
    /// - Returns: Which threads have a substitute now.
    @discardableResult
    package func substituteThreadsHeld(atLeast duration: Duration, limit: Int) -> Substitution {
        let substitution = queue.markForSubstitution(atLeast: duration, limit: limit)
        for number in substitution.replaced.indices {
            start(number: threads + number)
        }
        return substitution
    }

    private func start(number: Int) {
        PoolThread.start(name: "\(name)-\(number)") { [self] in
            queue.work { job in
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
    }
}
