import StateStoreClient
import Synchronization

/// What one run of a handler read and set so far.
///
/// A key is read from the source once: the run sees one value of it, and then what it set itself.
final class StateStage: Sendable {
    /// What bounds a stage.
    enum Limits {
        /// The most keys that one run may touch.
        static let keys = 256
        /// The most bytes of keys and values that one run may set.
        static let bytes = 16 << 20
        /// The longest key, in bytes.
        static let keyBytes = 4096
    }

    private struct State {
        var order: [String] = []
        var reads: [String: StoredState] = [:]
        var writes: [String: HandlerEffects.Write] = [:]
        var newestSchemas: [String: Int] = [:]
        var bytes = 0
        var isClosed = false
    }

    private let source: any StateSource
    private let state = Mutex(State())

    /// Makes a stage with nothing on it.
    ///
    /// - Parameter source: Where to read from.
    init(source: any StateSource) {
        self.source = source
    }

    /// Reads a key: what this run set, or else what the source has.
    ///
    /// - Parameter key: The key.
    /// - Returns: The value, or `nil` if there is none.
    /// - Throws: ``WorkerError``, and what the source throws.
    func read(_ key: String) async throws -> StagedContent? {
        let known: StagedContent?? = try state.withLock { state throws(WorkerError) in
            try Self.note(key, in: &state)
            switch state.writes[key] {
            case .set(let content): return .some(content)
            case .remove: return .some(nil)
            case nil: return state.reads[key].map { $0.content }
            }
        }
        if let known { return known }
        let found = try await source.read(key)
        return state.withLock { state in
            // The run may have asked twice at once; it sees one answer.
            let first = state.reads[key] ?? found
            state.reads[key] = first
            return first.content
        }
    }

    /// Notes a write.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - content: The value; `nil` to remove the key.
    ///   - newestSchema: The newest schema that the writer knows.
    /// - Throws: ``WorkerError`` when the key cannot be written, or too much is written.
    func write(_ key: String, _ content: StagedContent?, newestSchema: Int) throws(WorkerError) {
        try source.willWrite(key)
        try state.withLock { state throws(WorkerError) in
            try Self.note(key, in: &state)
            if let stored = state.reads[key]?.envelope, stored.schema > newestSchema {
                throw Self.newer(key, stored.schema, known: newestSchema)
            }
            state.bytes += key.utf8.count + (content?.payload.count ?? 0)
            guard state.bytes <= Limits.bytes else {
                throw WorkerError(.stateLimit, "one run may set \(Limits.bytes) bytes at the most")
            }
            state.writes[key] = content.map { .set($0) } ?? .remove
            state.newestSchemas[key] = newestSchema
        }
    }

    /// Takes nothing more, and gives what the run saw and wants.
    ///
    /// A key that is written, but was not read, is read here: a value of a newer schema is never overwritten.
    ///
    /// - Returns: The keys.
    /// - Throws: ``WorkerError``, and what the source throws.
    func close() async throws -> [HandlerEffects.Touch] {
        let unread = state.withLock { state in
            state.isClosed = true
            return state.order.filter { state.reads[$0] == nil }
        }
        for key in unread {
            let found = try await source.read(key)
            state.withLock { $0.reads[key] = found }
        }
        return try state.withLock { state throws(WorkerError) in
            var touched: [HandlerEffects.Touch] = []
            for key in state.order {
                let seen = state.reads[key] ?? .absent
                if let schema = seen.envelope?.schema, let known = state.newestSchemas[key], schema > known {
                    throw Self.newer(key, schema, known: known)
                }
                touched.append(
                    HandlerEffects.Touch(
                        key: key,
                        seen: seen.version,
                        before: seen.envelope,
                        write: state.writes[key]
                    )
                )
            }
            return touched
        }
    }

    /// Takes nothing more, throws away what was set, and gives what was seen.
    ///
    /// - Returns: The keys that were read.
    func abandon() -> [HandlerEffects.Touch] {
        state.withLock { state in
            state.isClosed = true
            return state.order.compactMap { key in
                state.reads[key].map {
                    HandlerEffects.Touch(key: key, seen: $0.version, before: $0.envelope, write: nil)
                }
            }
        }
    }

    private static func note(_ key: String, in state: inout State) throws(WorkerError) {
        guard !state.isClosed else {
            throw WorkerError(.contextClosed, "the handler has returned; its state belongs to nothing")
        }
        if state.reads[key] != nil || state.writes[key] != nil || state.order.contains(key) { return }
        guard (1...Limits.keyBytes).contains(key.utf8.count) else {
            throw WorkerError(.stateLimit, "a key of the state has 1 to \(Limits.keyBytes) bytes")
        }
        guard state.order.count < Limits.keys else {
            throw WorkerError(.stateLimit, "one run may touch \(Limits.keys) keys at the most")
        }
        state.order.append(key)
    }

    private static func newer(_ key: String, _ schema: Int, known: Int) -> WorkerError {
        WorkerError(
            .stateSchemaNewer,
            "'\(key)' has schema \(schema), and this program knows \(known) at the most: it is not overwritten"
        )
    }
}

extension StoredState {
    fileprivate var content: StagedContent? {
        guard let envelope, !envelope.isRemoved else { return nil }
        return StagedContent(schema: envelope.schema, payload: envelope.payload, expiresIn: nil)
    }
}
