import StateStore

/// What a broker must know, written down as simply as possible: what the engine is compared with.
struct Model {
    /// A copy of a message that somebody is to get.
    struct Entry {
        /// Grows in the order in which copies are made.
        var order: Int
        /// The index of the message.
        var message: Int
        var qos: UInt8
        var retain = false
        var identifiers: [UInt32] = []
        /// Whether it must outlive a crash once its page is durable.
        var isDurable: Bool
        /// The page that was being written when it was made.
        var page: UInt64
        /// A will or a copy of a retained message: not refused when the journal is full.
        var isOwn = false
        /// Whether its receiver has seen it.
        var wasReceived = false
        /// Whether DUP may be set, because it may have been sent before.
        var mayBeDuplicate = false
        /// Whether it was read back from the journal.
        var wasRecovered = false
        /// Whether the engine may drop it: refused after all, or too large for its receiver.
        var mayVanish = false
        /// Published by a commit: tried again whole when the journal is full.
        var isOfCommit = false
        /// Put off: not to come before this moment.
        var notBefore = Int64.min
        /// PUBREC was sent for it, or a commit was made of it.
        var isConfirmed = false
        /// The page that says so.
        var confirmedPage: UInt64 = 0
        /// The shared group it came from.
        var group: String?
        /// Its position in the engine's queue, for one that came from a group.
        var position: UInt64?
        /// Why it was put off, each time that somebody said so.
        var reasons: [String] = []
    }

    /// A key of the state store.
    struct State {
        var value: String
        var version: StateVersion
        var expiresAt: Int64
        /// The page that was being written when it was set; 0 for one in memory only.
        var page: UInt64
    }

    struct Subscription: Equatable {
        var qos: UInt8
        var identifier: UInt32
        var noLocal: Bool
        var retainAsPublished: Bool
    }

    struct Session {
        var isPersistent: Bool
        /// Seconds.
        var expiry: UInt32
        var subscriptions: [String: Subscription] = [:]
        /// Ordinary copies, in the order in which they go out.
        var queue: [Entry] = []
        var isConnected = true
        var endsAt = Int64.max
        /// The index of the will message.
        var will: Int?
        /// Seconds.
        var willDelay: UInt32 = 0
        var willAt = Int64.max
        /// Takes small packets only.
        var isSmall = false
        /// The page with the newest change that its client may count on once answered.
        var changedOn: UInt64 = 0
        /// Packet identifiers of QoS 2 messages that were received and not released, with the page each is on.
        var received: [UInt16: UInt64] = [:]
        /// The page with the newest release.
        var releasedOn: UInt64 = 0
    }

    struct Group {
        var members: Set<String> = []
        /// What waits or is in flight, in order.
        var entries: [Entry] = []
        /// Had a member that takes small packets only.
        var isSmall = false
    }

    /// One state of a topic's retained message; the earlier ones are kept as long as the page may still fail.
    struct Retained {
        /// The index of the message; nil for none.
        var message: Int?
        var page: UInt64
    }

    var sessions: [String: Session] = [:]
    /// By `$share/NAME/FILTER`.
    var groups: [String: Group] = [:]
    var retained: [String: [Retained]] = [:]
    var state: [String: State] = [:]
    /// The newest version that was given.
    var lastVersion: StateVersion?

    /// Whether a group has a member that outlives a crash.
    func isDurable(_ group: String) -> Bool {
        groups[group]?.members.contains { sessions[$0]?.isPersistent == true } ?? false
    }

    /// Groups without a persistent member are not journaled any more.
    mutating func settleGroups() {
        for name in groups.keys where !isDurable(name) {
            for index in groups[name, default: Group()].entries.indices {
                groups[name]?.entries[index].isDurable = false
            }
        }
    }

    /// A session is over.
    mutating func end(_ client: String) {
        sessions[client] = nil
        for name in groups.keys { groups[name]?.members.remove(client) }
        settleGroups()
    }

    /// A session is not journaled any more, because its client wants it to end with the connection.
    mutating func forgetAtCrash(_ client: String) {
        sessions[client]?.isPersistent = false
        for index in (sessions[client]?.queue ?? []).indices { sessions[client]?.queue[index].isDurable = false }
        settleGroups()
    }

    /// The pages from one on could not be stored, and some messages are refused.
    mutating func fail(from page: UInt64, refused: Set<Int>) {
        for client in sessions.keys {
            let received = sessions[client]?.received ?? [:]
            sessions[client]?.received = received.filter { $0.value < page }
            for index in (sessions[client]?.queue ?? []).indices {
                sessions[client]?.queue[index].fail(from: page, refused: refused)
            }
        }
        for name in groups.keys {
            for index in (groups[name]?.entries ?? []).indices {
                groups[name]?.entries[index].fail(from: page, refused: refused)
            }
        }
        for topic in retained.keys {
            while let last = retained[topic]?.last, last.page >= page, last.message.map(refused.contains) == true {
                retained[topic]?.removeLast()
            }
        }
    }

    /// What a restart finds of it.
    mutating func recover(at now: Int64) {
        state = state.filter { $0.value.page != 0 }
        for (client, session) in sessions {
            guard session.isPersistent else {
                end(client)
                continue
            }
            sessions[client]?.isConnected = false
            if session.isConnected {
                sessions[client]?.endsAt = now + Int64(session.expiry) * 1_000
                if session.will != nil { sessions[client]?.willAt = now + Int64(session.willDelay) * 1_000 }
            }
            sessions[client]?.queue = Self.recovered(session.queue)
        }
        for (name, group) in groups {
            guard isDurable(name) else {
                groups[name] = nil
                continue
            }
            groups[name]?.entries = Self.recovered(group.entries)
        }
    }

    private static func recovered(_ entries: [Entry]) -> [Entry] {
        entries.filter(\.isDurable).map { entry in
            var entry = entry
            entry.wasRecovered = true
            return entry
        }
    }
}

extension Model.Entry {
    /// The pages from one on could not be stored.
    mutating func fail(from failed: UInt64, refused: Set<Int>) {
        guard page >= failed, !isOfCommit else { return }
        let isRefused = refused.contains(message)
        // A copy of a retained message is a message of its own for a persistent session only.
        if isRefused, !isOwn || !isDurable { mayVanish = true }
        // With QoS 2 nothing is sent that the journal does not have: not a copy either whose message stands.
        if qos == 2, isDurable, isOwn || !isRefused { mayVanish = true }
        isDurable = false
    }
}
