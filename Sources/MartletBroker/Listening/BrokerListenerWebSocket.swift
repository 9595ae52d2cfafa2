/// WebSocket of a listener: the subprotocol `mqtt`, in binary frames (MQTT 5.0 §6).
public struct BrokerListenerWebSocket: Sendable, Hashable {
    /// The path of the request.
    public var path = "/mqtt"
    /// The origins whose pages may connect, such as `https://example.org`; `*` for any.
    ///
    /// Programs that are no browsers send no origin, and need none; some name the address that they connect to, which is taken where it is
    /// `localhost` or an IP address.
    public var allowedOrigins: [String] = []
    /// Bytes of one frame; past it the connection is closed (1009).
    public var maximumFrameSize = 1_179_648
    /// Frames of one message; past it the connection is closed (1008).
    public var maximumFragments = 1_024

    /// The path `/mqtt`, and no pages.
    public init() {}
}
