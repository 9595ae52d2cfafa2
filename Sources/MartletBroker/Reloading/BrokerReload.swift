/// What a reload did.
public struct BrokerReload: Sendable, Hashable {
    /// What holds now, each as it is called in the configuration.
    public var changed: [String] = []
    /// What differs from how the broker was started and holds only after a restart.
    public var needsRestart: [String] = []
}
