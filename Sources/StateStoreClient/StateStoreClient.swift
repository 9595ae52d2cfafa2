public import Logging
public import MQTTClient
import StateStore

/// Asks a state store over MQTT: get, set, delete, watch.
///
/// It speaks the state store protocol of Azure IoT Operations, so it works against Martlet's broker, against
/// `martlet state-store` beside any MQTT 5 broker, and against other stores of that protocol. What is Martlet's own beyond
/// it (``getMany(_:)``, ``getNew(_:)``, ``scan(prefix:after:count:withValues:since:)``, ``changes(prefix:)`` and
/// ``StateStoreCondition/version(_:)``) needs ``StateStoreCapabilities/hasExtension``; a client asks for it by the user
/// property `martlet` = `1` in its ``MQTTClient/MQTTClientConfiguration/userProperties``.
///
/// It shares an ``MQTTClient/MQTTClient`` that somebody else runs.
public final class StateStoreClient: Sendable {
    /// What the client was told.
    public let configuration: StateStoreClientConfiguration
    /// The client that carries it.
    public let client: MQTTClient

    let logger: Logger
    let clock: VersionClock
    let watches: WatchBook
    /// The time since the client was made, by the MQTT client's clock.
    let now: @Sendable () -> Duration

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - client: The MQTT client that carries requests and answers; run by somebody else.
    ///   - configuration: What to do.
    ///   - logger: Where it logs.
    public init(
        client: MQTTClient,
        configuration: StateStoreClientConfiguration = StateStoreClientConfiguration(),
        logger: Logger
    ) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
        self.clock = VersionClock(
            node: String(client.configuration.randomness(), radix: 16),
            maximumDrift: configuration.maximumClockDrift,
            milliseconds: configuration.milliseconds
        )
        self.watches = WatchBook()
        self.now = Self.stopwatch(client.configuration.clock)
    }

    private static func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    /// What the broker leads to; asks for it anew each time.
    ///
    /// A broker that says that nobody subscribes to the requests has no store, unless it answers by itself: so that is known at
    /// once. One that does not say so is given ``StateStoreClientConfiguration/probeTimeout`` to answer.
    ///
    /// - Returns: What is there.
    /// - Throws: ``StateStoreError`` when the MQTT client has ended or the task was cancelled.
    public func capabilities() async throws(StateStoreError) -> StateStoreCapabilities {
        var hasStore = true
        do throws(StateStoreError) {
            _ = try await self.ask(
                .get(key: Self.probeKey),
                timeout: self.configuration.probeTimeout,
                unheardWait: self.configuration.unheardProbeTimeout
            )
        } catch {
            switch error.code {
            case .timedOut:
                if self.client.connection == nil { throw error }
                hasStore = false
            case .connection, .cancelled, .outcomeUnknown: throw error
            // Whoever refuses is there.
            default: break
            }
        }
        return StateStoreCapabilities(hasStore: hasStore, hasExtension: self.hasExtension == true)
    }

    /// Reads a value.
    ///
    /// - Parameter key: The key.
    /// - Returns: The value and its version; `nil` if the key is absent.
    /// - Throws: ``StateStoreError``.
    public func get(_ key: StateStoreKey) async throws(StateStoreError) -> StateStoreEntry? {
        try Self.check(key)
        let answer = try await self.askAgain(.get(key: key.bytes))
        switch answer.value {
        case .null: return nil
        case .bulk(let value):
            guard let version = answer.version else { throw answer.malformed }
            return StateStoreEntry(value: value, version: version)
        default: throw answer.malformed
        }
    }

    /// Writes a value.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value; may be empty.
    ///   - condition: What must hold for the write to be applied.
    ///   - expiresIn: After how long the key is deleted by itself; `nil` for never. Whole milliseconds, rounded up.
    ///   - fencingToken: The token that guards the key: a store refuses an older one than it has seen for this key.
    ///   - persist: Whether to ask the store to keep the key on disk; Martlet's store always does unless told otherwise.
    /// - Returns: Whether it was applied, and the version.
    /// - Throws: ``StateStoreError``; with ``StateStoreError/Code/fenced`` when the token is too old.
    @discardableResult
    public func set(
        _ key: StateStoreKey,
        _ value: [UInt8],
        if condition: StateStoreCondition = .always,
        expiresIn: Duration? = nil,
        fencingToken: StateStoreVersion? = nil,
        persist: Bool = false
    ) async throws(StateStoreError) -> StateStoreSetOutcome {
        try Self.check(key)
        if value.count > self.configuration.maximumValueBytes {
            let limit = self.configuration.maximumValueBytes
            throw StateStoreError(.invalidArgument, "a value of \(value.count) bytes, where \(limit) are allowed")
        }
        let command = StateCommand.set(
            key: key.bytes,
            value: value,
            condition: try self.wire(condition),
            lifetime: try Self.lifetime(expiresIn)
        )
        let answer = try await self.ask(command, token: fencingToken, persist: persist)
        switch answer.value {
        case .simple(let text) where text == Array("OK".utf8):
            guard let version = answer.version else { throw answer.malformed }
            return .applied(version)
        // One of the public clients takes the second form as well.
        case .integer(-1), .null:
            if answer.wasResent, !condition.isRepeatable { throw Self.unknownOutcome }
            return .notApplied(answer.version)
        default: throw answer.malformed
        }
    }

    /// Deletes a key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - version: Deletes it only if it has this version (extension); `nil` for whatever it has.
    ///   - fencingToken: The token that guards the key.
    /// - Returns: What became of it.
    /// - Throws: ``StateStoreError``.
    @discardableResult
    public func delete(
        _ key: StateStoreKey,
        ifVersion version: StateStoreVersion? = nil,
        fencingToken: StateStoreVersion? = nil
    ) async throws(StateStoreError) -> StateStoreDeleteOutcome {
        try Self.check(key)
        if version != nil { try self.needExtension("deleting if the version is the expected one") }
        let condition = version.map { StateCommand.Condition.version($0.stateVersion) } ?? .always
        let answer = try await self.ask(.delete(key: key.bytes, condition: condition), token: fencingToken)
        let outcome = try Self.deletion(answer)
        if answer.wasResent, version != nil, outcome == .absent || outcome == .notDeleted(answer.version) {
            throw Self.unknownOutcome
        }
        return outcome
    }

    /// Deletes a key if it holds a value.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - value: The value that it must hold.
    ///   - fencingToken: The token that guards the key.
    /// - Returns: What became of it.
    /// - Throws: ``StateStoreError``.
    @discardableResult
    public func delete(
        _ key: StateStoreKey,
        ifValue value: [UInt8],
        fencingToken: StateStoreVersion? = nil
    ) async throws(StateStoreError) -> StateStoreDeleteOutcome {
        try Self.check(key)
        return try Self.deletion(
            try await self.ask(.deleteIfEqual(key: key.bytes, value: value), token: fencingToken)
        )
    }

    /// Watches a key.
    ///
    /// The sequence begins with what the key has when the watch is registered, and then gives each later value. It
    /// survives reconnects: it registers again and reads, so that nothing that lasts is missed. Values that the consumer
    /// does not take in time are replaced by newer ones.
    ///
    /// - Parameter key: The key.
    /// - Returns: The changes; iterating throws ``StateStoreError`` only when the store refuses the watch.
    public func watch(_ key: StateStoreKey) -> StateStoreWatch {
        StateStoreWatch(store: self, key: key)
    }
}
