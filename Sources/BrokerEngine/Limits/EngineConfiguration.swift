/// What an engine is told once, at its start.
package struct EngineConfiguration: Sendable {
    /// All bounds.
    package var limits = EngineLimits()
    /// Whether facts are written to pages; false for a broker that keeps nothing.
    package var journaling: Bool
    /// A number no other start of the broker had: identity and hash seed, so that the engine needs no randomness of its own.
    package var seed: UInt64
    /// Seconds between two `$SYS` reports; 0 for none.
    package var systemTopicInterval: UInt32 = 10
    /// Keys of the state store that begin with one of these are kept in memory only.
    package var memoryOnlyStatePrefixes: [[UInt8]] = []
    /// Where clients are sent instead of being served; see ``BrokerEngine/setRedirection(_:)``.
    package var redirection: Redirection?
    /// What the Response Information begins with that clients may ask for: `PREFIX/CLIENT`; nil to give none.
    package var responseTopicPrefix: String? = "clients"
    /// Whether a payload that is said to be text is refused with 0x99 when it is not UTF-8.
    package var checksPayloadFormat = false
    /// The text of `$SYS/broker/version`.
    package var version = "martlet"

    package init(journaling: Bool, seed: UInt64) {
        self.journaling = journaling
        self.seed = seed
    }
}
