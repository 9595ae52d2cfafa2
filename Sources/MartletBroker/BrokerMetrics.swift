import BrokerEngine
import Metrics

/// The engine's counts as swift-metrics, recorded once a tick: nothing on the hot path.
final class BrokerMetrics {
    private let gauges: [(Gauge, BrokerFigure)]
    private let counters: [(Counter, BrokerFigure)]
    private let journalTotal = Gauge(label: "martlet_broker_journal_bytes")
    private let journalLive = Gauge(label: "martlet_broker_journal_live_bytes")
    private var last = EngineStatistics()

    init() {
        gauges = BrokerFigure.all.filter { $0.kind == .gauge }.map { (Gauge(label: $0.label), $0) }
        counters = BrokerFigure.all.filter { $0.kind == .counter }.map { (Counter(label: $0.label), $0) }
    }

    func record(_ statistics: EngineStatistics, journal: (total: Int, live: Int)) {
        for (gauge, figure) in gauges { gauge.record(Double(figure.value(statistics))) }
        for (counter, figure) in counters {
            let grown = figure.value(statistics) - figure.value(last)
            if grown > 0 { counter.increment(by: Int64(clamping: grown)) }
        }
        journalTotal.record(journal.total)
        journalLive.record(journal.live)
        last = statistics
    }
}
