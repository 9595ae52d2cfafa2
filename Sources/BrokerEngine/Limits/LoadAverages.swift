/// How much of what is counted there was a minute: averages that forget older time little by little.
struct LoadAverages {
    /// One of the counts, over several spans.
    struct Average {
        /// The spans, in minutes.
        static let spans = [1, 5, 15]

        private var last: UInt64 = 0
        private var rates = [Double](repeating: 0, count: spans.count)

        /// The averages with their spans.
        var perMinute: [(minutes: Int, value: Double)] { zip(Self.spans, rates).map { (minutes: $0, value: $1) } }

        /// The count stands so, that many milliseconds after it was told last.
        mutating func add(_ count: UInt64, after milliseconds: Double) {
            let rate = Double(count &- last) * 60_000 / milliseconds
            last = count
            // A filter of first order: no exponential function, and the same limit.
            for index in rates.indices {
                let weight = milliseconds / (milliseconds + Double(Self.spans[index]) * 60_000)
                rates[index] += weight * (rate - rates[index])
            }
        }
    }

    private var toldAt: EngineTime?
    private var publishesReceived = Average()
    private var publishesSent = Average()
    private var bytesReceived = Average()
    private var bytesSent = Average()

    /// The averages by what is told of them.
    var averages: [(name: String, average: Average)] {
        [
            ("publish/received", publishesReceived), ("publish/sent", publishesSent),
            ("bytes/received", bytesReceived), ("bytes/sent", bytesSent),
        ]
    }

    /// What was counted up to a moment.
    mutating func add(_ statistics: EngineStatistics, at now: EngineTime, since start: EngineTime) {
        let milliseconds = Double(now.milliseconds - (toldAt ?? start).milliseconds)
        guard milliseconds > 0 else { return }
        toldAt = now
        publishesReceived.add(statistics.publishesReceived, after: milliseconds)
        publishesSent.add(statistics.publishesSent, after: milliseconds)
        bytesReceived.add(statistics.bytesReceived, after: milliseconds)
        bytesSent.add(statistics.bytesSent, after: milliseconds)
    }
}
