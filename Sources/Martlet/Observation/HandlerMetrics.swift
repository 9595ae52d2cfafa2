import Metrics

/// What a worker counts for one of its handlers.
struct HandlerMetrics: Sendable {
    /// Messages whose handler returned and that were acknowledged.
    let handled: Counter
    /// Attempts that threw.
    let failed: Counter
    /// Attempts after the first.
    let retried: Counter
    /// Messages that went to the dead letter topic.
    let deadLettered: Counter
    /// Messages that the handler wanted dropped.
    let discarded: Counter
    /// Messages that were left for another replica, or for this one after its restart.
    let handedBack: Counter
    /// Messages that the broker had sent before.
    let redelivered: Counter
    /// Runs that were made again because others changed what the handler read.
    let conflicts: Counter
    /// Messages that another replica has, or that were done before.
    let gone: Counter
    /// Attempts that were still running at their deadline.
    let overdue: Counter
    /// How long attempts took.
    let duration: Timer

    /// Makes the counters of one handler.
    ///
    /// - Parameters:
    ///   - worker: The worker's name.
    ///   - handler: The handler's name.
    ///   - factory: Makes them.
    init(worker: String, handler: String, factory: any MetricsFactory) {
        let dimensions = [("worker", worker), ("handler", handler)]
        func counter(_ name: String) -> Counter {
            Counter(label: "martlet_worker_\(name)", dimensions: dimensions, factory: factory)
        }
        handled = counter("handled")
        failed = counter("failed")
        retried = counter("retried")
        deadLettered = counter("dead_lettered")
        discarded = counter("discarded")
        handedBack = counter("handed_back")
        redelivered = counter("redelivered")
        conflicts = counter("conflicts")
        gone = counter("gone")
        overdue = counter("overdue")
        duration = Timer(label: "martlet_worker_handling_duration", dimensions: dimensions, factory: factory)
    }
}
