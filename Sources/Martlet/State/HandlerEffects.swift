import MQTTClient
import StateStoreClient

/// What a run of a handler wants to happen, and what it saw.
struct HandlerEffects: Sendable {
    /// A key that was read or is to be written.
    struct Touch: Sendable {
        /// The key without the worker's root.
        var key: String
        /// The version that stood there, or `nil` when nothing did.
        var seen: StateStoreVersion?
        /// What stood there.
        var before: StateEnvelope?
        /// What is to become of it.
        var write: Write?
    }

    /// What is to become of a key.
    enum Write: Sendable {
        /// It gets a value.
        case set(StagedContent)
        /// It goes.
        case remove
    }

    /// The messages to publish, in order.
    var published: [MQTTMessage] = []
    /// The keys, in the order in which they were touched first.
    var touched: [Touch] = []

    /// Whether a key is to be written.
    var writes: Bool { touched.contains { $0.write != nil } }
}
