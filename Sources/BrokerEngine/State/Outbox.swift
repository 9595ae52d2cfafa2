import StateStore

/// What the broker sends on its own behalf and may not send before a page is durable: the answers of the state store and of
/// commits, and what watchers are told.
struct Outbox {
    /// Who gets it.
    enum Receiver {
        /// Whoever is subscribed to the topic.
        case subscribers
        /// The session of this slot and identity, and nobody else.
        case session(Int32, id: UInt64)
    }

    /// A PUBLISH of the broker's own.
    struct Entry {
        /// The page that tells what it tells; 0 for none.
        var page: UInt64
        var receiver: Receiver
        /// Where the packet lies in ``bytes``.
        var packet: Range<Int>
        var qos: UInt8
    }

    /// A change that somebody is told of who watches a prefix.
    struct Change {
        var page: UInt64
        var receiver: Receiver
        var key: [UInt8]
        /// Nil for a key that was removed.
        var version: StateVersion?
    }

    var entries: [Entry] = []
    var bytes: [UInt8] = []
    var changes: [Change] = []

    var isEmpty: Bool { entries.isEmpty && changes.isEmpty }
}
