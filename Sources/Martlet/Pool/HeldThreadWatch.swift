import CoreMetrics
import Logging
import Synchronization

/// Sees to it that a handler which holds its thread past its deadline does not cost the worker that thread.
///
/// It looks at the deadline of each run, and from then on again and again until the run has ended: a handler may
/// begin to block after its deadline as well. The time is that of the machine, whatever clock the worker has,
/// since threads are held in it.
///
/// A replica all of whose slots have such runs can do nothing any more, and says so: its supervisor starts another.
final class HeldThreadWatch: Sendable {
    /// What bounds the watch.
    enum Limits {
        /// The longest time between two looks; and how long a job may hold its thread without being taken for stuck.
        static let interval = Duration.seconds(1)
        /// How many deadlines after its own a run may take before it counts as one that does not end.
        static let hungAfter = 2
    }

    private let pool: ThreadPool
    private let slots: Int
    private let metrics: WorkerMetrics
    private let logger: Logger
    private let allHung: @Sendable (WorkerError) -> Void
    private let hung = Atomic(0)

    /// Makes a watch.
    ///
    /// - Parameters:
    ///   - pool: The threads.
    ///   - slots: How many messages the worker handles at once.
    ///   - metrics: Where it counts.
    ///   - logger: Where it logs.
    ///   - allHung: Called when every slot has a run that does not end.
    init(
        pool: ThreadPool,
        slots: Int,
        metrics: WorkerMetrics,
        logger: Logger,
        allHung: @escaping @Sendable (WorkerError) -> Void
    ) {
        self.pool = pool
        self.slots = slots
        self.metrics = metrics
        self.logger = logger
        self.allHung = allHung
    }

    /// Watches until a run has ended; there are no more watches at a time than slots.
    ///
    /// - Parameter run: The run that is past its deadline.
    func follow(_ run: OverdueRun) {
        let interval = min(run.deadline, Limits.interval)
        let time = WorkerTime(clock: ContinuousClock())
        let hungAt = time.now + run.deadline * Limits.hungAfter
        _ = Shield { [self] in
            var (isFirst, isHung) = (true, false)
            repeat {
                look(heldAtLeast: interval, saysRefused: isFirst)
                isFirst = false
                if !isHung, time.now >= hungAt {
                    isHung = true
                    noteHung()
                }
            } while await run.ended.wait(atMost: interval, by: time) == nil && !pool.isShutDown
            if isHung { hung.subtract(1, ordering: .relaxed) }
        }
    }

    private func noteHung() {
        guard hung.add(1, ordering: .relaxed).newValue >= slots else { return }
        allHung(
            WorkerError(
                .handlersHung,
                "each of the \(slots) slots has a handler that is past its deadline and does not end: nothing can be handled any more"
            )
        )
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
