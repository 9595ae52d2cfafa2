import MQTTPackets
import NIOCore

/// The reports to `$SYS` topics.
extension BrokerEngine {
    /// Publishes what was counted, retained.
    mutating func reportSystem() {
        report("version", configuration.version)
        report("uptime", "\((now.milliseconds - startedAt.milliseconds) / 1_000) seconds")
        report("clients/connected", statistics.connectedClients)
        report("clients/total", statistics.sessions)
        report("clients/maximum", statistics.maximumClients)
        report("clients/disconnected", statistics.sessions - statistics.connectedClients)
        report("subscriptions/count", statistics.subscriptions)
        report("retained messages/count", statistics.retainedMessages)
        report("store/messages/count", messages.count)
        report("store/messages/bytes", messages.storedBytes)
        report("publish/messages/received", statistics.publishesReceived)
        report("publish/messages/sent", statistics.publishesSent)
        report("publish/messages/dropped", statistics.droppedQoS0 + statistics.droppedQueueFull)
        report("publish/messages/refused", statistics.refused)
        report("publish/messages/expired", statistics.expired)
        report("publish/messages/purged", statistics.purged)
        report("state/keys", statistics.stateKeys)
        report("state/bytes", statistics.stateBytes)
        report("state/requests", statistics.stateRequests)
        report("commits/done", statistics.commits)
        report("commits/refused", statistics.commitsRefused)
        report("bytes/received", statistics.bytesReceived)
        report("bytes/sent", statistics.bytesSent)
        report("journal/bytes", log.totalBytes)
        reportLoad()
        reportGroups()
    }

    /// How much there was a minute, over the last 1, 5 and 15 minutes.
    private mutating func reportLoad() {
        load.add(statistics, at: now, since: startedAt)
        for (name, average) in load.averages {
            for (minutes, value) in average.perMinute {
                report("load/\(name)/\(minutes)min", "\((value * 100).rounded() / 100)")
            }
        }
    }

    /// What is told of each group.
    private static let groupValues = ["queued", "delayed", "oldest-age", "inflight", "redelivered", "redistributed"]

    /// The backlog of every group, under `groups/NAME/FILTER/…`; `+`, `#` and `%` stand there as `%2B`, `%23` and `%25`.
    private mutating func reportGroups() {
        var names: Set<[UInt8]> = []
        for (index, group) in groups.enumerated() where !group.members.isEmpty {
            guard names.count < limits.reportedGroups, group.name.count <= limits.reportedGroupNameLength else {
                continue
            }
            names.insert(group.name)
            let path = Self.reportPath(group.name)
            report("\(path)/queued", group.backlog)
            report("\(path)/delayed", group.delayed.count)
            report("\(path)/oldest-age", oldestAge(ofGroup: index) ?? 0)
            report("\(path)/inflight", group.inflight)
            report("\(path)/redelivered", group.redelivered)
            report("\(path)/redistributed", group.redistributed)
        }
        // What is told of a group goes with it.
        for name in reportedGroups.subtracting(names).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let path = Self.reportPath(name)
            for value in Self.groupValues { report("\(path)/\(value)", "") }
        }
        reportedGroups = names
    }

    private static func reportPath(_ group: [UInt8]) -> String {
        var path = "groups/"
        for scalar in String(decoding: group.dropFirst("$share/".utf8.count), as: UTF8.self).unicodeScalars {
            switch scalar {
            case "+": path += "%2B"
            case "#": path += "%23"
            case "%": path += "%25"
            default: path.unicodeScalars.append(scalar)
            }
        }
        return path
    }

    private mutating func report(_ topic: String, _ value: some CustomStringConvertible) {
        let publish = Publish(
            retain: true,
            topic: "$SYS/broker/\(topic)",
            payload: ByteBuffer(string: value.description)
        )
        var buffer = ByteBuffer()
        Packet.publish(publish).encode(into: &buffer, version: .v5)
        publishPacket(Array(buffer.readableBytesView), qos: 0, publisher: -1, origin: .system)
    }
}
