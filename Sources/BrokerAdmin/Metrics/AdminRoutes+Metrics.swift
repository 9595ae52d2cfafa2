import Hummingbird
import MartletBroker

/// The text that Prometheus reads.
extension AdminRoutes {
    func metrics() async throws -> Response {
        let figures = try await broker.figures()
        var groups: [GroupReport] = []
        var cursor: UInt64? = 0
        var looks = 0
        while let at = cursor, groups.count < configuration.limits.groupsInMetrics, looks < configuration.limits.looks {
            let page = try await broker.groups(from: at, limit: configuration.limits.groupsInMetrics - groups.count)
            groups += page.items
            cursor = page.cursor
            looks += 1
        }
        var text = PrometheusText()
        Self.add(figures, to: &text)
        Self.add(figures.broker, to: &text)
        Self.add(groups, leftOut: max(0, figures.broker.groups - groups.count), to: &text)
        Self.add(ProcessFigures(), startedAt: figures.broker.startedAt, to: &text)
        text.add(
            "martlet_broker_loop_silence_seconds",
            .gauge,
            "Seconds since the event loop of the engine was heard of.",
            Double(broker.health.silence().nanoseconds) / 1e9
        )
        return JSONResponse.text(text.text, type: PrometheusText.contentType)
    }

    private static func add(_ figures: FiguresReport, to text: inout PrometheusText) {
        for (figure, value) in figures.figures {
            text.add(figure.label, figure.kind == .counter ? .counter : .gauge, figure.help, Double(value))
        }
    }

    private static func add(_ broker: BrokerReport, to text: inout PrometheusText) {
        text.add(
            "martlet_broker_info",
            .gauge,
            "The version of the broker.",
            [
                .init(labels: [("version", broker.version)], value: 1)
            ]
        )
        text.add("martlet_broker_uptime_seconds", .gauge, "Seconds since the start.", Double(broker.uptime))
        let limits = broker.limits.sorted { $0.key < $1.key }
        text.add(
            "martlet_broker_limit",
            .gauge,
            "The limits of the broker.",
            limits.map {
                .init(labels: [("name", $0.key)], value: Double($0.value.limit))
            }
        )
        text.add(
            "martlet_broker_limit_used",
            .gauge,
            "How much of each limit is used.",
            limits.map {
                .init(labels: [("name", $0.key)], value: Double($0.value.used))
            }
        )
        guard let journal = broker.journal else { return }
        text.add("martlet_broker_journal_bytes", .gauge, "Bytes of the journal's pages.", Double(journal.bytes))
        text.add(
            "martlet_broker_journal_live_bytes",
            .gauge,
            "Bytes of the facts in the journal that are alive.",
            Double(journal.liveBytes)
        )
        text.add("martlet_broker_journal_pages", .gauge, "Pages of the journal.", Double(journal.pages))
        text.add(
            "martlet_broker_journal_unwritten_bytes",
            .gauge,
            "Bytes decided and not written yet.",
            Double(journal.unwrittenBytes)
        )
        text.add(
            "martlet_broker_journal_refusing",
            .gauge,
            "Whether new durable messages are refused because the journal is full.",
            journal.isRefusing ? 1 : 0
        )
        if let free = journal.freeBytes {
            text.add("martlet_broker_journal_free_bytes", .gauge, "Free bytes of the journal's disk.", Double(free))
        }
    }

    private static func add(_ groups: [GroupReport], leftOut: Int, to text: inout PrometheusText) {
        func add(_ name: String, _ kind: PrometheusText.Kind, _ help: String, _ value: (GroupReport) -> Double?) {
            let samples = groups.compactMap { group in
                value(group).map { PrometheusText.Sample(labels: [("group", group.group)], value: $0) }
            }
            text.add("martlet_group_\(name)", kind, help, samples)
        }
        add("members", .gauge, "Sessions that share the subscription.") { Double($0.members) }
        add("queued", .gauge, "Messages that nobody has now.") { Double($0.queued) }
        add("delayed", .gauge, "Messages that were handed back to come later.") { Double($0.delayed) }
        add("queued_bytes", .gauge, "Bytes of the messages that wait.") { Double($0.queuedBytes) }
        add("inflight", .gauge, "Deliveries without their acknowledgement.") { Double($0.inflight) }
        add("oldest_age_seconds", .gauge, "Seconds since the oldest of the queued messages arrived; 0 for none.") {
            Double($0.oldestAge ?? 0)
        }
        add("redelivered_total", .counter, "Deliveries sent once more.") { Double($0.redelivered) }
        add("redistributed_total", .counter, "Deliveries that came back because their holder went away.") {
            Double($0.redistributed)
        }
        add("capacity", .gauge, "What the connected members take at one time.") { $0.capacity.map(Double.init) }
        add("utilisation", .gauge, "The part of the capacity that is in use.") { $0.utilisation }
        text.add(
            "martlet_groups_left_out",
            .gauge,
            "Shared groups that have no metrics of their own because there are too many.",
            Double(leftOut)
        )
    }

    private static func add(_ figures: ProcessFigures, startedAt: Int, to text: inout PrometheusText) {
        text.add("process_cpu_seconds_total", .counter, "Seconds of processor time.", figures.cpuSeconds)
        text.add("process_start_time_seconds", .gauge, "When the broker was started, since 1970.", Double(startedAt))
        if let bytes = figures.residentBytes {
            text.add("process_resident_memory_bytes", .gauge, "Bytes of memory in use.", bytes)
        }
        if let files = figures.openFiles {
            text.add("process_open_fds", .gauge, "Open files and sockets.", files)
        }
        if let files = figures.maximumFiles {
            text.add("process_max_fds", .gauge, "How many files and sockets may be open.", files)
        }
    }
}
