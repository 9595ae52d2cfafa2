/// Keys, values and versions: the state store as a pure engine, and the wire form of its commands.
///
/// The protocol is that of the Azure IoT Operations state store; what goes beyond it is only for sessions that negotiated our
/// extension. A request comes in by ``StateEnvelope`` and ``StateRequest``, where it lies; reading requests are answered by
/// ``answer(_:in:now:to:)``; a write is checked by ``check(_:in:now:tally:)`` and then done by ``apply(_:in:version:now:)``: two steps,
/// so that a commit of several is all or nothing. Times are milliseconds since 1970 and come in as values.
///
/// Bodies lie in chunks by size, keys are found by open addressing, and a key costs about 60 bytes beside its own
/// (`docs/decisions/0007`).
package struct StateStore: ~Copyable {
    /// What the store was told at its start.
    package let configuration: StateStoreConfiguration
    /// Where the versions come from.
    package internal(set) var clock: StateClock
    /// How many keys there are; those whose time is over and that were not removed yet are counted.
    package internal(set) var count = 0
    /// How many bytes all keys and values have.
    package internal(set) var storedBytes = 0

    var slots = StateSlots()
    var index = StateIndex()
    var bodies = StateBodies()
    var expiries = StateExpiries()
    /// The fencing tokens, by slot; few keys have one.
    var fences: [Int32: StateVersion] = [:]
    /// The key whose last change is the longest ago.
    var oldest = StateSlot.none
    /// The key that was changed last.
    var newest = StateSlot.none
    /// Whether recovery gave keys out of the order of their change.
    var isUnordered = false
    var watches: StateWatches
    var prefixWatches: StatePrefixWatches

    /// Makes an empty store.
    ///
    /// - Parameter configuration: The settings.
    package init(configuration: StateStoreConfiguration = StateStoreConfiguration()) {
        self.configuration = configuration
        clock = StateClock(maximumDrift: configuration.maximumClockDrift)
        watches = StateWatches(configuration)
        prefixWatches = StatePrefixWatches(configuration)
    }
}

/// The protocol's names.
extension StateStore {
    /// Where requests go.
    package static let requestTopic = "statestore/v1/FA9AE35F-2F64-47CD-9BFF-08E2B32A0FE8/command/invoke"
    /// What a response topic must not begin with; notifications do.
    package static let reservedPrefix = "clients/statestore/v1/FA9AE35F-2F64-47CD-9BFF-08E2B32A0FE8"
    /// Where commits go (extension).
    package static let commitTopic = "$martlet/v1/commit"
    /// Where a session is told which keys changed below its prefixes (extension).
    package static let changedTopic = "$martlet/v1/changed"
    /// The user property of a version or time.
    package static let timestampProperty = "__ts"
    /// The user property of a fencing token.
    package static let tokenProperty = "__ft"
    /// The user property by which a SET asks for durability.
    package static let persistenceProperty = "aio-persistence"
    /// The user property with the sender's client identifier.
    package static let sourceProperty = "__srcId"
    /// The user property of an answer's status, always `200`.
    package static let statusProperty = "__stat"
    /// The user property of the protocol's version, `1.0`.
    package static let protocolProperty = "__protVer"
    /// The user property by which CONNECT asks for our extension and CONNACK grants it, with the value `1`.
    package static let extensionProperty = "martlet"
    /// The user property of a delivery's identity (extension).
    package static let deliveryProperty = "martlet-id"
    /// The user property of a delivery's attempt, from 1 (extension).
    package static let attemptProperty = "martlet-attempt"
    /// The content type of requests, answers and notifications.
    package static let contentType = "application/octet-stream"
}
