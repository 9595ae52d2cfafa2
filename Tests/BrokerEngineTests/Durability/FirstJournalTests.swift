import BrokerEngine
import Journal
import NIOCore
import Testing

/// A journal as the first version of the engine wrote it, byte by byte: every later one must read it.
@Suite struct FirstJournalTests {
    /// Kinds of records, with their numbers of then.
    private enum Kind: UInt8 {
        case started = 1
        case session = 2
        case disconnected = 4
        case subscribed = 5
        case group = 7
        case stored = 9
        case acknowledged = 10
        case groupAcknowledged = 11
        case attempted = 13
    }

    private static let group: UInt64 = 3

    private static func append(_ kind: Kind, to writer: inout PageWriter, _ body: (inout PageWriter) -> Void) {
        writer.beginRecord(kind: kind.rawValue, version: 1)
        body(&writer)
        writer.endRecord()
    }

    /// A message of then: who gets it in front, then its topic, room for a packet identifier, no properties, and the payload.
    private static func store(
        _ sequence: UInt64,
        _ topic: String,
        _ payload: String,
        positions: [UInt64] = [],
        groups: [UInt64] = [],
        retained: Bool = false,
        to writer: inout PageWriter
    ) {
        append(.stored, to: &writer) { writer in
            writer.append(varint: sequence)
            writer.append(UInt8(1 | (retained ? 4 : 0)))
            writer.append(varint: 0)
            writer.append(varint: UInt64(positions.count))
            for position in positions {
                // Session 1, QoS 1, no subscription identifier.
                writer.append(varint: 1)
                writer.append(varint: position)
                writer.append(UInt8(1))
                writer.append(varint: 0)
            }
            writer.append(varint: UInt64(groups.count))
            for group in groups { writer.append(varint: group) }
            writer.append(varint: UInt64(topic.utf8.count))
            writer.append(varint: 0)
            let count = UInt8(topic.utf8.count)
            writer.append(bytes: [0, count] + Array(topic.utf8) + [0, 0, 0] + Array(payload.utf8))
        }
    }

    private static func pages() -> [JournalPage] {
        var writer = PageWriter()
        append(.started, to: &writer) { writer in for next: UInt64 in [1, 1, 1] { writer.append(next) } }
        append(.session, to: &writer) { writer in
            writer.append(varint: 1)
            writer.append(varint: 3600)
            writer.append(varint: 6)
            writer.append(bytes: Array("reader".utf8))
            writer.append(UInt8(0))
        }
        append(.subscribed, to: &writer) { writer in
            writer.append(varint: 1)
            writer.append(UInt8(1))
            writer.append(varint: 0)
            writer.append(bytes: Array("t".utf8))
        }
        append(.group, to: &writer) { writer in
            writer.append(varint: group)
            writer.append(bytes: Array("$share/g/in".utf8))
        }
        append(.subscribed, to: &writer) { writer in
            writer.append(varint: 1)
            writer.append(UInt8(1))
            writer.append(varint: 0)
            writer.append(bytes: Array("$share/g/in".utf8))
        }
        let first = JournalPage(number: 1, bytes: writer.take())
        store(10, "t", "one", positions: [0], to: &writer)
        store(11, "t", "two", positions: [1], to: &writer)
        store(12, "in", "three", groups: [group], to: &writer)
        store(13, "in", "four", groups: [group], to: &writer)
        store(14, "kept", "five", retained: true, to: &writer)
        let second = JournalPage(number: 2, bytes: writer.take())
        append(.acknowledged, to: &writer) { writer in
            writer.append(varint: 1)
            writer.append(varint: 1)
            writer.append(varint: 0)
            writer.append(varint: 1)
        }
        append(.groupAcknowledged, to: &writer) { writer in
            writer.append(varint: group)
            writer.append(varint: 1)
            writer.append(varint: 12)
        }
        append(.attempted, to: &writer) { writer in
            writer.append(UInt8(ascii: "g"))
            writer.append(varint: group)
            writer.append(varint: 13)
            writer.append(varint: 2)
            writer.append(varint: 0)
        }
        append(.disconnected, to: &writer) { writer in
            writer.append(varint: 1)
            writer.append(UInt64(5_000_000))
            writer.append(UInt64(bitPattern: Int64.max))
            writer.append(UInt8(0))
        }
        return [first, second, JournalPage(number: 3, bytes: writer.take())]
    }

    private static func take(from harness: EngineHarness) {
        #expect(harness.summary?.unreadableRecords == 0)
        let plain = harness.connect("plain")
        plain.subscribe("kept")
        #expect(plain.takePayloads() == ["five"])
        let reader = harness.resume("reader", Peer.extended)
        let messages = reader.takePublishes()
        #expect(messages.map(\.text).sorted() == ["four", "two"])
        let shared = messages.first { $0.text == "four" }
        #expect(shared?.user("martlet-attempt") == "3")
        harness.check()
        // The subscriptions of then hold.
        for message in messages { reader.acknowledge(message) }
        let writer = harness.connect("writer")
        writer.publish("t", "six")
        writer.publish("in", "seven")
        #expect(reader.takePayloads().sorted() == ["seven", "six"])
        harness.check()
    }

    @Test func whatItSaysIsThere() {
        Self.take(from: EngineHarness(pages: Self.pages()))
    }

    @Test func whatItSaysIsThereAfterItsPagesWereWrittenAnew() {
        let harness = EngineHarness(pages: Self.pages()) { $0.limits.journalSlack = 0 }
        // Others come and go until the old pages are gone.
        let writer = harness.connect("writer")
        for number in 0..<300 { writer.publish("other", String(repeating: "x", count: number), retain: true) }
        for _ in 0..<50 { harness.advance(seconds: 1) }
        #expect((harness.pages.first?.number ?? 0) > 3)
        Self.take(from: harness.crash())
    }
}
