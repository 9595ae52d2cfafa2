/// What a ``StateStoreClient`` can be told.
public struct StateStoreClientConfiguration: Sendable {
    /// How long the store may take to answer, time without a connection included.
    public var timeout: Duration = .seconds(10)
    /// How long ``StateStoreClient/capabilities()`` waits for a store to answer.
    public var probeTimeout: Duration = .seconds(3)
    /// How long ``StateStoreClient/capabilities()`` waits when the broker says that nobody subscribes to the requests: a broker
    /// that is a store itself may say so and answer all the same.
    public var unheardProbeTimeout: Duration = .milliseconds(250)
    /// How often a watch registers again and reads, though nothing happened: a store that restarted behind its broker
    /// has forgotten who watches.
    public var watchRefresh: Duration = .seconds(60)
    /// How far ahead of this process's clock a version may be and still be merged into the client's own clock.
    public var maximumClockDrift: Duration = .seconds(60)
    /// The longest value and the longest key that are asked for, in bytes.
    public var maximumValueBytes: Int = 16 * 1_024 * 1_024
    /// The wall clock, in milliseconds since 1970; `nil` for the system's.
    public var milliseconds: (@Sendable () -> Int64)?

    /// Makes a configuration of defaults.
    public init() {}
}
