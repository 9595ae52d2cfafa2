import DequeModule

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The jobs that wait for a thread, and the threads that wait for a job.
///
/// Every thread and every enqueueing task meets here, under one lock that is never held while a job runs.
// Safe because each stored variable is only touched between `lock()` and `unlock()`, and the mutex and the
// condition never move: they live in memory that is allocated once and freed when nobody refers to this object.
final class JobQueue: @unchecked Sendable {
    /// A thread that runs a job now.
    private struct Held {
        let identifier: Int?
        let since: ContinuousClock.Instant
        var isSubstituted = false
    }

    // Safe because the pointers are allocated in init, freed in deinit, and only handed to the pthread functions.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    private var jobs: Deque<UnownedJob> = []
    private var held: [Int: Held] = [:]
    private var nextThread = 0
    private var living = 0
    private var isClosed = false

    init() {
        // Safe because both are initialised before anybody else can see them.
        mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        let results = (pthread_mutex_init(mutex, nil), pthread_cond_init(condition, nil))
        precondition(results.0 == 0 && results.1 == 0, "The system has no room for a mutex")
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// How many threads were started and have not ended.
    var livingThreads: Int {
        lock()
        defer { unlock() }
        return living
    }

    /// Whether the threads end when no job waits.
    var isShutDown: Bool {
        lock()
        defer { unlock() }
        return isClosed
    }

    /// Counts a thread that is about to be started.
    func expectThread() {
        lock()
        defer { unlock() }
        living += 1
    }

    /// Adds a job.
    ///
    /// - Parameter job: The job.
    /// - Returns: Whether a thread must be started for it, because the queue is closed and no thread is left;
    ///   it is already counted.
    func append(_ job: UnownedJob) -> Bool {
        lock()
        defer { unlock() }
        jobs.append(job)
        guard isClosed, living == held.count else {
            pthread_cond_signal(condition)
            return false
        }
        living += 1
        return true
    }

    /// Lets the threads end when no job waits.
    func close() {
        lock()
        defer { unlock() }
        isClosed = true
        pthread_cond_broadcast(condition)
    }

    /// Runs jobs on the calling thread until the queue is closed and empty, or the thread has a substitute.
    ///
    /// - Parameter run: Runs one job.
    func work(_ run: (UnownedJob) -> Void) {
        let identifier = PoolThread.currentIdentifier
        lock()
        let thread = nextThread
        nextThread += 1
        while let job = waitForJob() {
            held[thread] = Held(identifier: identifier, since: .now)
            unlock()
            run(job)
            lock()
            if held.removeValue(forKey: thread)?.isSubstituted == true { break }
        }
        living -= 1
        // The job that woke this thread may have come after its last look: nobody else would be woken for it.
        if !jobs.isEmpty { pthread_cond_signal(condition) }
        unlock()
    }

    /// Marks the threads that one job has held for long, so that each ends after that job.
    ///
    /// - Parameters:
    ///   - duration: How long a job may hold its thread.
    ///   - limit: How many marked threads there may be at a time.
    /// - Returns: The threads that were marked; as many must be started in their place, and are already counted.
    func markForSubstitution(atLeast duration: Duration, limit: Int) -> Substitution {
        lock()
        defer { unlock() }
        let now = ContinuousClock.now
        var room = limit - held.values.count { $0.isSubstituted }
        var substitution = Substitution()
        for (thread, entry) in held where !entry.isSubstituted && entry.since.duration(to: now) >= duration {
            guard room > 0 else {
                substitution.refused += 1
                continue
            }
            held[thread]?.isSubstituted = true
            room -= 1
            substitution.replaced.append(
                HeldThread(identifier: entry.identifier, duration: entry.since.duration(to: now))
            )
        }
        living += substitution.replaced.count
        return substitution
    }

    /// Waits, with the lock held, for a job; `nil` when the queue is closed and empty.
    private func waitForJob() -> UnownedJob? {
        while jobs.isEmpty {
            if isClosed { return nil }
            pthread_cond_wait(condition, mutex)
        }
        return jobs.removeFirst()
    }

    private func lock() {
        pthread_mutex_lock(mutex)
    }

    private func unlock() {
        pthread_mutex_unlock(mutex)
    }
}
