/// Where a broker sends its clients in place of serving them (MQTT 5.0 §4.11).
///
/// Who connects is refused with 0x9C or 0x9D and the reference; who is connected is told so when the broker stops. A client of MQTT 3.1.1 is
/// told that the server is unavailable.
public struct BrokerRedirection: Sendable, Hashable {
    /// The servers to use, each `host` or `host:port`, several with spaces between; nil when clients know others themselves.
    public var reference: String?
    /// Whether clients shall remember it: 0x9D (server moved) and not 0x9C (use another server).
    public var isPermanent: Bool

    /// Names the servers.
    ///
    /// - Parameters:
    ///   - reference: The servers to use.
    ///   - isPermanent: Whether clients shall remember it.
    public init(reference: String? = nil, isPermanent: Bool = false) {
        self.reference = reference
        self.isPermanent = isPermanent
    }
}
