import Metrics

/// What a worker counts besides its handlers.
struct WorkerMetrics: Sendable {
    /// How many slots hold a message.
    let slotsUsed: Gauge
    /// How many slots there are.
    let slots: Gauge
    /// How often the broker had forgotten the session.
    let sessionsLost: Counter
    /// Threads that were started beside one that a handler held past its deadline.
    let threadsSubstituted: Counter

    /// Makes the counters of a worker.
    ///
    /// - Parameters:
    ///   - worker: The worker's name.
    ///   - factory: Makes them.
    init(worker: String, factory: any MetricsFactory) {
        let dimensions = [("worker", worker)]
        slotsUsed = Gauge(label: "martlet_worker_slots_in_use", dimensions: dimensions, factory: factory)
        slots = Gauge(label: "martlet_worker_slots", dimensions: dimensions, factory: factory)
        sessionsLost = Counter(label: "martlet_worker_sessions_lost", dimensions: dimensions, factory: factory)
        threadsSubstituted = Counter(
            label: "martlet_worker_threads_substituted",
            dimensions: dimensions,
            factory: factory
        )
    }
}
