import StateStoreClient
import Synchronization

/// The state of a handler that is tried alone: in memory, with versions as a store has them.
package final class TrialState: Sendable {
    private struct Content {
        var counter: UInt64 = 0
        var values: [String: StoredState] = [:]
    }

    private let content = Mutex(Content())

    /// Makes a state with nothing in it.
    package init() {}

    /// The keys that have a value.
    package var keys: [String] { content.withLock { $0.values.keys.sorted() } }

    /// Reads a value.
    ///
    /// - Parameter key: Where it stands.
    /// - Returns: The value, or `nil` if there is none.
    /// - Throws: ``WorkerError``, and what the key's codec throws.
    package func value<Value>(_ key: StateKey<Value>) throws -> Value? {
        guard let found = read(key.name).envelope else { return nil }
        return try key.decode(found.payload, found.schema)
    }

    /// Sets a value.
    ///
    /// - Parameters:
    ///   - value: The value; `nil` to remove it.
    ///   - key: Where it is to stand.
    /// - Throws: What the key's codec throws.
    package func set<Value>(_ value: Value?, for key: StateKey<Value>) throws {
        let staged = try value.map { StagedContent(schema: key.schema, payload: try key.encode($0)) }
        let write: HandlerEffects.Write = staged.map { .set($0) } ?? .remove
        apply([HandlerEffects.Touch(key: key.name, seen: nil, before: nil, write: write)])
    }

    func read(_ key: String) -> StoredState {
        content.withLock { $0.values[key] ?? .absent }
    }

    func agrees(with touched: [HandlerEffects.Touch]) -> Bool {
        content.withLock { content in
            touched.allSatisfy { content.values[$0.key]?.version == $0.seen }
        }
    }

    func apply(_ touched: [HandlerEffects.Touch]) {
        content.withLock { content in
            content.counter += 1
            for touch in touched {
                switch touch.write {
                case nil: continue
                case .remove: content.values[touch.key] = nil
                case .set(let value):
                    content.values[touch.key] = StoredState(
                        version: StateStoreVersion(milliseconds: 0, counter: content.counter, node: "trial"),
                        envelope: StateEnvelope(schema: value.schema, payload: value.payload)
                    )
                }
            }
        }
    }
}
