/// What a message that changes several keys at level B is about to make of them: all of it, or none.
///
/// It stands under a key of its own, which is written once and only if it is absent: by the writer, with the values, or by whoever
/// finds that the writer has not come so far, with nothing. So whether the write happens is decided by one write of one key. The
/// keys themselves point to it meanwhile (``StateEnvelope/pending``).
///
/// A byte that says what was decided (0 aborted, 1 committed); then a varint with the number of keys, and of each the key and its
/// new envelope, behind their lengths.
struct StateIntent: Sendable, Equatable {
    /// What bounds an intent.
    enum Limits {
        /// The most keys that one message may change.
        static let keys = 16
    }

    /// One key.
    struct Change: Sendable, Equatable {
        /// The key without the worker's root.
        var key: String
        /// What it is to hold.
        var envelope: [UInt8]
    }

    /// What the keys are to hold; `nil` when nothing of it happens.
    var changes: [Change]?

    /// Nothing happens.
    static let aborted = StateIntent(changes: nil)

    /// Where an intent stands, below the worker's root.
    ///
    /// - Parameter name: What it is called.
    /// - Returns: The key.
    static func key(_ name: [UInt8]) -> String { ".intent/\(String(decoding: name, as: UTF8.self))" }

    /// The bytes for the store.
    var bytes: [UInt8] {
        guard let changes else { return [0] }
        var bytes: [UInt8] = [1]
        bytes.append(varint: UInt64(changes.count))
        for change in changes {
            bytes.append(counted: Array(change.key.utf8))
            bytes.append(counted: change.envelope)
        }
        return bytes
    }
}

extension StateIntent {
    /// Reads what stands in the store.
    ///
    /// - Parameter bytes: What ``bytes`` gave; `nil` comes of anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes != [0] else {
            self = .aborted
            return
        }
        var reader = ByteReader(bytes, from: 1)
        guard bytes.first == 1, let count = reader.varint(), count <= UInt64(Limits.keys) else { return nil }
        var changes: [Change] = []
        for _ in 0..<count {
            guard let key = reader.counted().flatMap({ String(validating: $0, as: UTF8.self) }),
                let envelope = reader.counted()
            else { return nil }
            changes.append(Change(key: key, envelope: Array(envelope)))
        }
        guard reader.rest.isEmpty else { return nil }
        self.changes = changes
    }
}
