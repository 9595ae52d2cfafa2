import Foundation
import Logging
import MQTTClient
import Temperatures

@testable import MartletCommand

/// Publishes readings on a site, and holds what became of them against the oracle whenever no replica runs.
///
/// Of every reading it knows one of three things: it is counted, it is outstanding (published, and nobody has looked since), or it was
/// taken back by an audit and will be published again. An audit looks at the state, at the group's queue and at the results, and each
/// outstanding reading must be in one of two places: counted once and gone from the queue, or in the queue and not counted.
actor Bench {
    /// So many stations take turns: few enough that two readings of a day are in hand at once now and then.
    private static let stations = 6
    /// So many readings go with one commit at most.
    private static let batch = 50
    private static let flushTopic = "temperatures/daily/flush/flush"

    private let site: Site
    private let publisher: MQTTClient
    private let ledger: Ledger
    private let oracle: Oracle
    private let messages: ReadingMessages
    private let days: [String: OracleDay]
    private var next = 0
    private var takenBack: [ReadingMessage] = []
    private var outstanding: [String: ReadingMessage] = [:]
    private var counted: Set<String> = []
    private var version = "-"
    private var commits = 0
    private var flushes = 0

    /// How many different readings were published.
    var published: Int { next }

    private init(site: Site, publisher: MQTTClient, ledger: Ledger, messages count: Int) throws {
        self.site = site
        self.publisher = publisher
        self.ledger = ledger
        oracle = try Oracle(messages: count, stations: Self.stations, file: Temperatures.recordedFile)
        messages = ReadingMessages(count: count, stations: Self.stations)
        days = Dictionary(oracle.allDays.map { ("\($0.station)/\($0.date)", $0) }) { first, _ in first }
    }

    /// Runs a closure with a bench on a site whose broker runs.
    ///
    /// - Parameters:
    ///   - site: The site.
    ///   - messages: How many readings there are at most.
    ///   - body: What to do on it.
    /// - Throws: What the closure throws, and what keeps the clients from being ready.
    static func with(
        _ site: Site,
        messages: Int = 100_000,
        _ body: (Bench) async throws -> Void
    ) async throws {
        let logger = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        let publisher = MQTTClient(configuration: site.configuration(of: "publisher", extended: true), logger: logger)
        let observer = MQTTClient(configuration: site.configuration(of: "observer", extended: true), logger: logger)
        let ledger = Ledger()
        let bench = try Bench(site: site, publisher: publisher, ledger: ledger, messages: messages)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try? await publisher.run() }
            group.addTask { try? await observer.run() }
            _ = try await observer.subscribe([MQTTSubscription(Temperatures.resultFilter)])
            group.addTask {
                for await delivery in observer.deliveries {
                    delivery.acknowledge()
                    let message = delivery.message
                    guard message.topic != flushTopic else {
                        ledger.flushes.update { $0 = max($0, Int(message.text) ?? 0) }
                        continue
                    }
                    let publication = Publication(
                        identifier: message.properties.userProperty("martlet-id"),
                        mark: message.properties.userProperty(Temperatures.markProperty)
                    )
                    ledger.add(topic: message.topic, payload: message.text, publication)
                }
            }
            try await withAuditor(site) { try await $0.keepGroup() }
            try await body(bench)
        }
    }

    private static func withAuditor<Result: Sendable>(
        _ site: Site,
        _ body: (GroupAuditor) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "auditor", factory: { _ in SwiftLogNoOpLogHandler() })
        let configuration = site.configuration(of: "auditor", extended: false)
        return try await MQTTClient.withConnection(configuration, logger: logger) {
            try await body(GroupAuditor(client: $0))
        }
    }

    /// Publishes some readings: first those that an audit took back.
    func publish(_ count: Int) async throws {
        for start in stride(from: 0, to: count, by: Self.batch) {
            try await publishAtOnce(min(Self.batch, count - start))
        }
    }

    private func publishAtOnce(_ count: Int) async throws {
        var batch = Array(takenBack.prefix(count))
        takenBack.removeFirst(batch.count)
        while batch.count < count, next < messages.count {
            batch.append(messages[next])
            next += 1
        }
        for message in batch { outstanding[Self.name(message)] = message }
        commits += 1
        var publisher = ReadingPublisher(client: publisher, messages: messages)
        publisher.timeout = .milliseconds(400)
        version = try await publisher.commit(batch, position: commits, version: version)
    }

    /// Publishes again what audits took back.
    func publishTakenBack() async throws {
        if !takenBack.isEmpty { try await publish(takenBack.count) }
    }

    /// How many readings are published and not known to be counted.
    var outstandingCount: Int { outstanding.count }

    /// Looks at queue, state and results, when no replica runs.
    ///
    /// - Returns: What is neither before nor after, in words; nothing when all is right.
    func audit() async throws -> [String] {
        let left = try await Self.withAuditor(site) { try await $0.takeLeftOver() }
        var findings = Set(left).subtracting(outstanding.keys).map { "\($0) is counted, and came back" }
        if Set(left).count != left.count { findings.append("a reading stood twice in the queue") }
        flushes += 1
        _ = try await publisher.publish(MQTTMessage(topic: Self.flushTopic, text: "\(flushes)"))
        await ledger.flushes.wait { [flushes] in $0 >= flushes }
        let touched = Set(outstanding.values.map { "\($0.reading.station)/\($0.reading.date)" })
        for name in touched.sorted() {
            guard let day = days[name] else { continue }
            let stored = try await StoreReader(client: publisher).get(day.key).bytes
            findings += judge(day, stored, left: Set(left))
        }
        takenBack += left.compactMap { outstanding[$0] }
        counted.formUnion(Set(outstanding.keys).subtracting(left))
        outstanding = [:]
        return findings
    }

    private func judge(_ day: OracleDay, _ bytes: [UInt8]?, left: Set<String>) -> [String] {
        var findings: [String] = []
        let hours = bytes.map { StoredDay($0)?.hours ?? [] } ?? [Int](repeating: 0, count: 24)
        guard hours.count == 24 else { return ["\(day.key) holds what no worker writes"] }
        for (hour, times) in hours.enumerated() {
            let name = "\(day.station)/\(day.date)/\(hour)"
            let isPublished = counted.contains(name) || outstanding[name] != nil
            let wanted = isPublished && !left.contains(name) ? 1 : 0
            if times != wanted {
                let place = left.contains(name) ? "in the queue" : "not in the queue"
                findings.append("\(name) is counted \(times) times, \(place), where \(wanted) is right")
            }
        }
        if let bytes, day.judge(bytes).wrong > 0 { findings.append("\(day.key) does not follow from its hours") }
        let isFull = hours.reduce(0, +) == day.readingsInAll
        let results = ledger.results(on: day.topic)
        if results.count != (isFull ? 1 : 0) {
            findings.append("\(day.topic): \(results.count) results, and the day is \(isFull ? "" : "not ")full")
        }
        if isFull, results.payloads != [day.result] { findings.append("\(day.topic): \(results.payloads)") }
        return findings
    }

    private static func name(_ message: ReadingMessage) -> String {
        let reading = message.reading
        return "\(reading.station)/\(reading.date)/\(reading.hour)"
    }
}
