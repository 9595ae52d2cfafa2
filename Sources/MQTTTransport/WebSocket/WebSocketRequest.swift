import NIOCore
import NIOHTTP1

/// The question whether a request may become a WebSocket connection that carries MQTT.
struct WebSocketRequest {
    /// The subprotocol that client and server must name ([MQTT-6.0.0-3], [MQTT-6.0.0-4]).
    static let subprotocol = "mqtt"

    var head: HTTPRequestHead
    var settings: WebSocketSettings

    /// Why the request is refused, with the status that says so; nil when it is taken.
    var refusal: (status: HTTPResponseStatus, message: String)? {
        let path = head.uri.prefix { $0 != "?" }
        guard path == settings.path else { return (.notFound, "there is nothing at this path") }
        guard head.method == .GET else { return (.methodNotAllowed, "a WebSocket begins with GET") }
        let upgrades = head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
        guard upgrades else { return (.upgradeRequired, "this is a WebSocket for MQTT") }
        guard head.headers.first(name: "sec-websocket-version") == "13" else {
            return (.upgradeRequired, "the version of WebSocket must be 13")
        }
        if let origin = head.headers.first(name: "origin"), !allows(origin) {
            return (.forbidden, "pages of this origin may not connect")
        }
        guard head.headers[canonicalForm: "sec-websocket-protocol"].contains(Self.subprotocol[...]) else {
            return (.badRequest, "the subprotocol '\(Self.subprotocol)' must be offered")
        }
        return nil
    }

    private func allows(_ origin: String) -> Bool {
        settings.allowedOrigins.contains { $0 == "*" || $0.lowercased() == origin.lowercased() } || isOwn(origin)
    }

    /// Whether the origin is the address that was asked for itself, as programs that are no browsers name it.
    ///
    /// Only of `localhost` and IP addresses: any page can let a name of its own lead to this machine.
    private func isOwn(_ origin: String) -> Bool {
        guard let host = head.headers.first(name: "host"), let colons = origin.firstRange(of: "://"),
            origin[colons.upperBound...].lowercased() == host.lowercased()
        else { return false }
        let bracket = host.firstIndex(of: "]")
        let name =
            if host.hasPrefix("["), let bracket {
                host[host.index(after: host.startIndex)..<bracket]
            } else {
                host.prefix { $0 != ":" }
            }
        return name.lowercased() == "localhost" || (try? SocketAddress(ipAddress: String(name), port: 0)) != nil
    }
}
