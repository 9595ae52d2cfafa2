/// Where clients are sent instead of being served (MQTT 5.0 §4.11).
package struct Redirection: Sendable, Equatable {
    /// The servers to use, as Server Reference has them: `host:port`, several with spaces between; nil when the client knows others itself.
    package var reference: String?
    /// Whether clients shall remember it: 0x9D (server moved) and not 0x9C (use another server).
    package var isPermanent: Bool

    package init(reference: String?, isPermanent: Bool = false) {
        self.reference = reference
        self.isPermanent = isPermanent
    }
}
