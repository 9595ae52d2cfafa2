/// The settings of a store.
package struct StateStoreConfiguration: Hashable, Sendable {
    /// The node's name in every version: must be constant, for it is part of the versions; must not hold a `:`.
    package var node = "StateStore"
    /// How many keys there may be.
    package var keys = 10_000_000
    /// How many bytes all keys and values may have together.
    package var bytes = 1 << 30
    /// How many bytes a key may have; not more than 65,535.
    package var keyBytes = 32_000
    /// How many bytes a value may have.
    package var valueBytes = 1 << 20
    /// How many milliseconds ahead of the store's clock a request may be.
    package var maximumClockDrift: Int64 = 60_000
    /// What begins with one of these is kept in memory only, unless the request asks for durability.
    package var memoryOnlyPrefixes: [[UInt8]] = []
    /// How many keys and prefixes one client may watch.
    package var watchesPerClient = 10_000
    /// How many watches of keys there may be in all.
    package var watches = 1_000_000
    /// How many different prefixes may be watched in all; each costs every change a comparison.
    package var watchedPrefixes = 256
    /// How many keys a tick removes at most because their time is over.
    package var expiriesPerTick = 4_096
    /// The key of the table's hash: chosen at random by the shell, so that no peer can choose what collides.
    package var seed: UInt64 = 0
    /// The bounds of requests and answers.
    package var limits = StateLimits.default

    /// Makes the settings with their defaults.
    package init() {}
}
