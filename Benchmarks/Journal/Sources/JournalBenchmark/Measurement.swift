import Foundation

/// What a run showed.
struct Measurement {
    var setup: Setup
    var messages = 0
    var wall = 0.0
    var cpu = 0.0
    var latencies: [Double] = []
    var databaseBytes = 0
    var logBytes = 0
    var pageBytes = 0

    static let heading = """
        | setup | msgs/commit | page bytes | µs CPU/msg | commits/s | k msgs/s | p50 µs | p99 µs | max ms | db MB | wal MB |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        """

    var row: String {
        let sorted = latencies.sorted()
        func at(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1e6 }
        func text(_ value: Double, _ digits: Int = 0) -> String { String(format: "%.\(digits)f", value) }
        return "| "
            + [
                setup.name, "\(setup.messagesInCommit)", "\(pageBytes)", text(cpu / Double(messages) * 1e6, 2),
                text(Double(latencies.count) / wall), text(Double(messages) / wall / 1e3), text(at(0.5)),
                text(at(0.99)),
                text(at(1) / 1000, 1), text(Double(databaseBytes) / 1e6, 1), text(Double(logBytes) / 1e6, 1),
            ].joined(separator: " | ") + " |"
    }

    static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    static func now() -> Double {
        Double(DispatchTime.now().uptimeNanoseconds) / 1e9
    }
}
