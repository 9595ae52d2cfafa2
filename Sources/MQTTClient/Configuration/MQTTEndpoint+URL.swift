extension MQTTEndpoint {
    /// Reads where a server is.
    ///
    /// - Parameter url: `mqtt://HOST[:PORT]`, `mqtts://HOST[:PORT]`, `ws://HOST[:PORT][/PATH]`, `wss://HOST[:PORT][/PATH]`, `unix:PATH`, or
    ///   `HOST[:PORT]` alone. An IPv6 address with a port stands in brackets. The ports are 1883, 8883, 80 and 443, the path is `/mqtt`, where none is given.
    /// - Throws: ``MQTTClientError`` with ``MQTTClientError/Code/invalidArgument`` that says what is wrong with it.
    public init(url: String) throws(MQTTClientError) {
        if url.hasPrefix("unix:") {
            let path = String(url.dropFirst(url.hasPrefix("unix://") ? 7 : 5))
            guard !path.isEmpty else { throw Self.wrong(url) }
            self = .unixSocket(path: path)
            return
        }
        guard let scheme = Scheme.all.first(where: { url.hasPrefix($0.name + "://") }) else {
            guard !url.contains("://") else {
                throw MQTTClientError(
                    .invalidArgument,
                    "'\(url)' has a scheme that is none of mqtt, mqtts, ws, wss and unix"
                )
            }
            self = try Self.endpoint(url[...], Scheme.all[0], url)
            return
        }
        self = try Self.endpoint(url.dropFirst(scheme.name.count + 3), scheme, url)
    }

    private struct Scheme {
        var name: String
        var port: Int
        var isTLS: Bool
        var isWebSocket: Bool

        static let all = [
            Scheme(name: "mqtt", port: 1883, isTLS: false, isWebSocket: false),
            Scheme(name: "mqtts", port: 8883, isTLS: true, isWebSocket: false),
            Scheme(name: "ws", port: 80, isTLS: false, isWebSocket: true),
            Scheme(name: "wss", port: 443, isTLS: true, isWebSocket: true),
        ]
    }

    private static func endpoint(
        _ rest: Substring,
        _ scheme: Scheme,
        _ url: String
    ) throws(MQTTClientError) -> MQTTEndpoint {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let path = String(rest[slash...])
        guard scheme.isWebSocket || path.isEmpty || path == "/" else { throw wrong(url) }
        guard !rest[..<slash].contains("@") else {
            // Not repeated: what stands before the @ may be a password.
            throw MQTTClientError(
                .invalidArgument,
                "a URL with a user name or password is not taken: give them by themselves"
            )
        }
        let (host, port) = try address(rest[..<slash], scheme.port, url)
        var endpoint = MQTTEndpoint.tcp(host: host, port: port)
        if scheme.isTLS { endpoint.tls = MQTTTLS() }
        if scheme.isWebSocket { endpoint.webSocketPath = path.isEmpty ? "/mqtt" : path }
        return endpoint
    }

    private static func address(
        _ text: Substring,
        _ standardPort: Int,
        _ url: String
    ) throws(MQTTClientError) -> (host: String, port: Int) {
        func port(_ part: Substring) throws(MQTTClientError) -> Int {
            if part.isEmpty { return standardPort }
            guard part.hasPrefix(":"), let port = Int(part.dropFirst()), (1...65_535).contains(port) else {
                throw wrong(url)
            }
            return port
        }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<end])
            return (host, try port(text[text.index(after: end)...]))
        }
        // More than one colon and no brackets: an IPv6 address without a port.
        guard text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") else {
            guard !text.isEmpty else { throw wrong(url) }
            return (String(text), standardPort)
        }
        guard colon > text.startIndex else { throw wrong(url) }
        return (String(text[..<colon]), try port(text[colon...]))
    }

    private static func wrong(_ url: String) -> MQTTClientError {
        MQTTClientError(
            .invalidArgument,
            "'\(url)' is no broker: give HOST, HOST:PORT, mqtt://, mqtts://, ws://, wss:// or unix:PATH"
        )
    }
}
