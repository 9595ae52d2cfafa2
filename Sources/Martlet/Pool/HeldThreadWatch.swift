import CoreMetrics
import Logging

/// Sees to it that a handler which holds its thread past its deadline does not cost the worker that thread.
///
/// It looks at the deadline of each run, and from then on again and again until the run has ended: a handler may
/// begin to block after its deadline as well. The time is that of the machine, whatever clock the worker has,
/// since threads are held in it.
struct HeldThreadWatch: Sendable {
    /// What bounds the watch.
    enum Limits {
        /// The longest time between two looks; and how long a job may hold its thread without being taken for stuck.
        static let interval = Duration.seconds(1)
    }

    let pool: ThreadPool
    let metrics: WorkerMetrics
    let logger: Logger

    /// Watches until a run has ended; there are no more watches at a time than slots.
    ///
    /// - Parameter run: The run that is past its deadline.
    func follow(_ run: OverdueRun) {
        let interval = min(run.deadline, Limits.interval)
        let time = WorkerTime(clock: ContinuousClock())
        _ = Shield {
            var isFirst = true
            repeat {
                look(heldAtLeast: interval, saysRefused: isFirst)
                isFirst = false
            } while await run.ended.wait(atMost: interval, by: time) == nil && !pool.isShutDown
        }
    }

    private func look(heldAtLeast duration: Duration, saysRefused: Bool) {
        let substitution = pool.substituteThreadsHeld(
            atLeast: duration,
            limit: pool.threads * WorkerConfiguration.Limits.substitutesPerThread
        )
        metrics.threadsSubstituted.increment(by: substitution.replaced.count)
        for thread in substitution.replaced {
            logger.error(
                "A handler is past its deadline and a thread is held: another thread takes its place",
                metadata: [
                    "thread": "\(thread.identifier.map(String.init) ?? "unknown")", "held": "\(thread.duration)",
                    "activity": "\(thread.activity)",
                ]
            )
        }
        if saysRefused, substitution.refused > 0 {
            logger.critical(
                "Threads are held and can not be replaced: as many substitutes run as there may be",
                metadata: ["held": "\(substitution.refused)", "threads": "\(pool.livingThreads)"]
            )
        }
    }
}
