/// What a listener asks of a WebSocket client (MQTT 5.0 §6).
package struct WebSocketSettings: Sendable, Hashable {
    /// The path of the request.
    package var path = "/mqtt"
    /// The origins whose pages may connect, such as `https://example.org`; `*` for any.
    ///
    /// A request without an origin does not come from a page, and is not asked; nor one that names the address itself as its origin, where
    /// that is `localhost` or an IP address.
    package var allowedOrigins: [String] = []
    /// Bytes of one frame; past it the connection is closed with 1009.
    package var maximumFrameSize = 1_179_648
    /// Frames of one message; past it the connection is closed with 1008.
    package var maximumFragments = 1_024
    /// Bytes of the request's header; past it 431 or 400.
    package var maximumHeaderBytes = 16_384

    package init() {}
}
