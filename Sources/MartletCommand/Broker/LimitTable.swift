import MartletBroker

/// The limits of the broker by the names that the command line and the file give them.
enum LimitTable {
    private struct Row {
        var name: String
        var summary: String
        var get: @Sendable (BrokerLimits) -> Int
        var set: @Sendable (inout BrokerLimits, Int) -> Bool
    }

    /// Sets the limit of the name.
    ///
    /// - Throws: `CommandFailure` for a name that there is not, or a value that cannot be.
    static func set(_ name: String, to value: String, in limits: inout BrokerLimits) throws {
        guard let row = rows.first(where: { $0.name == name }) else {
            throw CommandFailure(CommandFailure.unknown("limit '\(name)'", name, among: rows.map(\.name)))
        }
        guard let number = Int(value), number > 0, row.set(&limits, number) else {
            throw CommandFailure("'\(value)' cannot be the limit \(name)")
        }
    }

    /// The names with what each bounds, for the schema.
    static var summaries: [(name: String, summary: String)] { rows.map { ($0.name, $0.summary) } }

    /// The rows of the table with their defaults, for `--help`.
    static var help: String {
        let defaults = BrokerLimits()
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { row in
            let padded = row.name + String(repeating: " ", count: width - row.name.count)
            return "  \(padded)  \(row.get(defaults)): \(row.summary)"
        }.joined(separator: "\n")
    }

    private static let rows: [Row] = [
        count("maximumPacketSize", \.maximumPacketSize, "bytes of a packet; a larger one ends the connection (0x95)"),
        count("connections", \.connections, "connections at a time; one more is closed"),
        count("sessions", \.sessions, "sessions, connected or not; one more is refused (0x97)"),
        count("subscriptionsPerSession", \.subscriptionsPerSession, "one more is refused (0x97)"),
        count("queuedMessagesPerSession", \.queuedMessagesPerSession, "messages that wait for a session; then 0x97"),
        count("queuedBytesPerSession", \.queuedBytesPerSession, "bytes that wait for a session; then 0x97"),
        count("queuedMessagesPerGroup", \.queuedMessagesPerGroup, "messages that wait for a shared group; then 0x97"),
        count("queuedBytesPerGroup", \.queuedBytesPerGroup, "bytes that wait for a shared group; then 0x97"),
        count("storedBytes", \.storedBytes, "bytes of all messages; then 0x97"),
        count("retainedMessages", \.retainedMessages, "topics with a retained message; then 0x97"),
        count("stateKeys", \.stateKeys, "keys of the state store; then the quota has been exceeded"),
        count("stateBytes", \.stateBytes, "bytes of its keys and values; then the quota has been exceeded"),
        count("stateKeyBytes", \.stateKeyBytes, "bytes of a key; then the quota has been exceeded"),
        count("stateValueBytes", \.stateValueBytes, "bytes of a value; then the quota has been exceeded"),
        count("subscriptionBytesPerSession", \.subscriptionBytesPerSession, "bytes of a session's filters; then 0x97"),
        count("retainedPerSubscribe", \.retainedPerSubscribe, "retained messages for one SUBSCRIBE; then 0x97"),
        count("messagesPerSecond", \.messagesPerSecond, "packets from a client; then it is not read from for a while"),
        count("messageBurst", \.messageBurst, "such packets at once (0: as many as a second brings)"),
        count("bytesPerSecond", \.bytesPerSecond, "bytes from a client; then it is not read from for a while"),
        count("byteBurst", \.byteBurst, "such bytes at once (0: as many as a second brings)"),
        Row(name: "disconnectsOverRate", summary: "1: a client past its rate is disconnected instead (0x96)") {
            $0.disconnectsOverRate ? 1 : 0
        } set: { limits, value in
            limits.disconnectsOverRate = value == 1
            return value <= 1
        },
        count("connectsPerSecond", \.connectsPerSecond, "connections taken; one more is closed"),
        count(
            "connectsPerSecondPerAddress",
            \.connectsPerSecondPerAddress,
            "connections of one address; one more is closed"
        ),
        count(
            "connectionsPerAddress",
            \.connectionsPerAddress,
            "connections of one address at a time; one more is closed"
        ),
        count("sessionsPerUser", \.sessionsPerUser, "sessions of one user name; one more is refused (0x97)"),
        count("userProperties", \.userProperties, "user properties of a packet; then 0x97"),
        count("topicLevels", \.topicLevels, "levels of a topic or filter; then 0x90 or 0x8F"),
        count("filtersPerSubscribe", \.filtersPerSubscribe, "filters of a SUBSCRIBE or UNSUBSCRIBE; then 0x97"),
        seconds("slowReaderDeadline", \.slowReaderDeadline, "seconds a client may take nothing; then 0x97"),
        seconds("connectDeadline", \.connectDeadline, "seconds a connection may stay without CONNECT"),
        count("inflightPerSession", \.inflightPerSession, "unacknowledged messages to a client; the rest waits"),
        count(
            "journalReserveBytes",
            \.journalReserveBytes,
            "free bytes of the disk below which messages are refused (0x97)"
        ),
        Row(name: "receiveMaximum", summary: "unacknowledged messages from a client; then 0x93") {
            Int($0.receiveMaximum)
        } set: { limits, value in
            guard let value = UInt16(exactly: value) else { return false }
            limits.receiveMaximum = value
            return true
        },
        seconds("defaultSessionExpiry", \.defaultSessionExpiry, "seconds that a 3.1.1 session outlives its connection"),
        seconds("retryDelay", \.retryDelay, "the most seconds by which RETRY puts a delivery off; then invalid"),
        seconds("maximumSessionExpiry", \.maximumSessionExpiry, "the most seconds granted to a session"),
    ]

    private static func count(
        _ name: String,
        _ path: any WritableKeyPath<BrokerLimits, Int> & Sendable,
        _ summary: String
    ) -> Row {
        Row(name: name, summary: summary) {
            $0[keyPath: path]
        } set: { limits, value in
            limits[keyPath: path] = value
            return true
        }
    }

    private static func seconds(
        _ name: String,
        _ path: any WritableKeyPath<BrokerLimits, Duration> & Sendable,
        _ summary: String
    ) -> Row {
        Row(name: name, summary: summary) {
            Int($0[keyPath: path].components.seconds)
        } set: { limits, value in
            guard value <= Int(UInt32.max) else { return false }
            limits[keyPath: path] = .seconds(value)
            return true
        }
    }
}
