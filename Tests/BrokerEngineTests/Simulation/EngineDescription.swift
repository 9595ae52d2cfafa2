@testable import BrokerEngine

/// The durable state of an engine in plain values, to be compared.
struct EngineDescription: Equatable {
    /// A copy of a message.
    struct Entry: Equatable {
        var message: Int
        var qos: UInt8
        var retain: Bool
        var identifiers: [UInt32]
        /// Of QoS 2, and PUBREC came.
        var isConfirmed = false
    }

    struct Session: Equatable {
        var isPersistent: Bool
        var isConnected: Bool
        var expiry: UInt32
        /// When it ends, in milliseconds.
        var endsAt: Int64
        var subscriptions: [String: Model.Subscription]
        var queue: [Entry]
        /// Packet identifiers in QoS 2 handshakes from the client.
        var received: Set<UInt16>

        /// What becomes of it when its connection is lost at a moment.
        mutating func loseConnection(at now: EngineTime) {
            isConnected = false
            endsAt = now.advanced(bySeconds: expiry).milliseconds
        }
    }

    struct Group: Equatable {
        var members: Set<String>
        /// In the order of their sequences.
        var messages: [Int]
    }

    var sessions: [String: Session] = [:]
    var groups: [String: Group] = [:]
    var retained: [String: Int] = [:]

    init(_ engine: borrowing BrokerEngine) {
        for index in engine.sessions.indices where engine.sessions[index].id != 0 {
            let session = engine.sessions[index]
            var subscriptions: [String: Model.Subscription] = [:]
            for (filter, handle) in session.subscriptions {
                let subscription = engine.subscriptions[Int(handle)]
                subscriptions[Self.text(filter)] = Model.Subscription(
                    qos: subscription.qos,
                    identifier: subscription.identifier,
                    noLocal: subscription.noLocal,
                    retainAsPublished: subscription.retainAsPublished
                )
            }
            var queue: [Entry] = []
            for entry in session.queue.entries where entry.qos > 0 { queue.append(Self.entry(entry, engine)) }
            sessions[Self.text(session.clientIdentifier)] = Session(
                isPersistent: session.isPersistent,
                isConnected: session.connection >= 0,
                expiry: session.expiry,
                endsAt: session.endsAt.milliseconds,
                subscriptions: subscriptions,
                queue: queue,
                received: Set(session.received.receipts.map(\.identifier))
            )
        }
        for index in engine.groups.indices where engine.groups[index].id != 0 {
            groups[Self.text(engine.groups[index].name)] = Self.group(index, engine)
        }
        for message in engine.retainedMessages where message >= 0 {
            let topic = Self.text(engine.messages.topic(of: message))
            guard !topic.hasPrefix("$SYS") else { continue }
            retained[topic] = Self.identifier(message, engine)
        }
    }

    private static func entry(_ entry: DeliveryEntry, _ engine: borrowing BrokerEngine) -> Entry {
        Entry(
            message: identifier(entry.message, engine),
            qos: entry.qos,
            retain: entry.retain,
            identifiers: entry.identifiers < 0 ? [] : engine.identifierSets[entry.identifiers],
            isConfirmed: entry.isConfirmed
        )
    }

    private static func group(_ index: Int, _ engine: borrowing BrokerEngine) -> Group {
        let group = engine.groups[index]
        var handles = group.kept
        for at in engine.sessions.indices {
            for slot in engine.sessions[at].shared.slots where slot.group == Int32(index) {
                handles.append(slot.message)
            }
        }
        var sequences: [(sequence: UInt64, message: Int)] = []
        for handle in handles {
            sequences.append((engine.messages.slots[Int(handle)].sequence, identifier(handle, engine)))
        }
        sequences.sort { $0.sequence < $1.sequence }
        var members: Set<String> = []
        for member in group.members { members.insert(text(engine.sessions[Int(member.session)].clientIdentifier)) }
        return Group(members: members, messages: sequences.map(\.message))
    }

    /// What is read back from the payload of a kept message.
    static func identifier(_ message: Int32, _ engine: borrowing BrokerEngine) -> Int {
        let slot = engine.messages.slots[Int(message)]
        let range = engine.messages.bodyRange(message)
        let payload = engine.messages.chunks[Int(slot.chunk)].bytes[range].dropFirst(slot.payloadOffset)
        return SimulatedMessage.identifier(in: payload)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
