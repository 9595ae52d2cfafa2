import MQTTClient

extension MQTTEndpoint {
    /// Reads where a broker is.
    ///
    /// - Parameter text: `HOST`, `HOST:PORT`, `[IPv6]:PORT`, any of these behind `mqtt://`, or `unix:PATH`.
    /// - Returns: The endpoint.
    /// - Throws: ``WorkerError`` when it is none of these.
    static func parse(setting text: String) throws(WorkerError) -> MQTTEndpoint {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(text.hasPrefix("unix://") ? 7 : 5))
            guard !path.isEmpty else { throw wrong(text) }
            return .unixSocket(path: path)
        }
        var rest = Substring(text)
        if rest.hasPrefix("mqtt://") { rest = rest.dropFirst(7) }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.contains("/") else { throw wrong(text) }
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            let host = String(rest[rest.index(after: rest.startIndex)..<end])
            return .tcp(host: host, port: try port(rest[rest.index(after: end)...], of: text))
        }
        let colons = rest.count { $0 == ":" }
        // More than one colon and no brackets: an IPv6 address without a port.
        guard colons == 1, let colon = rest.firstIndex(of: ":") else {
            guard !rest.isEmpty else { throw wrong(text) }
            return .tcp(host: String(rest), port: standardPort)
        }
        guard colon > rest.startIndex else { throw wrong(text) }
        return .tcp(host: String(rest[..<colon]), port: try port(rest[colon...], of: text))
    }

    private static let standardPort = 1883

    private static func port(_ part: Substring, of text: String) throws(WorkerError) -> Int {
        if part.isEmpty { return standardPort }
        guard part.hasPrefix(":"), let port = Int(part.dropFirst()), (1...65_535).contains(port) else {
            throw wrong(text)
        }
        return port
    }

    private static func wrong(_ text: String) -> WorkerError {
        WorkerError(.invalidSetting, "'\(text)' is no broker: give HOST, HOST:PORT or unix:PATH")
    }
}
