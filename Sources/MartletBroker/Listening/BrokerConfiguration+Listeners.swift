import MQTTTransport

extension BrokerConfiguration {
    /// The listeners, or the one that host and port describe where there are none.
    package var effectiveListeners: [BrokerListener] {
        guard listeners.isEmpty else { return listeners }
        guard let port else { return [] }
        var listener = BrokerListener(name: "default", address: .tcp(host: host, port: port))
        listener.allowsAnonymous = allowsAnonymous
        listener.limits.connections = limits.connections
        return [listener]
    }

    /// How clients of a listener prove who they are; nil for not at all.
    func authentication(of listener: BrokerListener) -> BrokerAuthenticationConfiguration? {
        listener.authentication ?? authentication
    }

    /// What is wrong with the listeners, each in a sentence, without opening any.
    func listenerProblems() -> [String] {
        var problems: [String] = []
        var names: Set<String> = []
        var addresses: [BrokerListener.Address: String] = [:]
        for listener in effectiveListeners {
            if listener.name.isEmpty { problems.append("a listener has no name") }
            if !names.insert(listener.name).inserted { problems.append("two listeners are called '\(listener.name)'") }
            if let other = addresses.first(where: { $0.key.collides(with: listener.address) })?.value {
                problems.append("the listeners '\(other)' and '\(listener.name)' have the same address")
            }
            addresses[listener.address] = listener.name
            problems += ownProblems(of: listener).map { "listener '\(listener.name)': \($0)" }
        }
        return problems
    }

    private func ownProblems(of listener: BrokerListener) -> [String] {
        var problems: [String] = []
        switch listener.address {
        case .tcp(let host, let port):
            if host.isEmpty { problems.append("it has no host; 0.0.0.0 is every address of the machine") }
            if !(0...65_535).contains(port) { problems.append("\(port) is no port: give 0 to 65535") }
        case .unixSocket(let path, let mode):
            if path.isEmpty || path.utf8.count > 107 { problems.append("the path of a Unix socket has 1 to 107 bytes") }
            if mode > 0o777 { problems.append("the mode of a Unix socket is 0 to 0777") }
        }
        if authentication(of: listener) == nil, !listener.isLocal, !listener.allowsAnonymous {
            problems.append(
                "clients from beyond this machine would come in without authentication: set authentication, or allow anonymous clients"
            )
        }
        if let webSocket = listener.webSocket {
            if !webSocket.path.hasPrefix("/") { problems.append("the path of WebSocket begins with /") }
            if !(1...Int(UInt32.max)).contains(webSocket.maximumFrameSize) || webSocket.maximumFragments < 1 {
                problems.append("the limits of WebSocket are at least 1")
            }
        }
        if listener.limits.connections < 1 || listener.limits.handshakeDeadline <= .zero {
            problems.append("the limits of a listener are above 0")
        }
        do throws(TransportError) {
            if let proxies = listener.trustedProxies { _ = try ProxyNetworks(proxies) }
            _ = try listener.makeTLS()
        } catch {
            problems.append(error.message)
        }
        return problems
    }
}

extension BrokerListener.Address {
    /// Whether both cannot be listened on by one machine.
    fileprivate func collides(with other: Self) -> Bool {
        switch (self, other) {
        case (.tcp(let host, let port), .tcp(let otherHost, let otherPort)):
            let everywhere = ["0.0.0.0", "::"]
            return port != 0 && port == otherPort
                && (host == otherHost || everywhere.contains(host) || everywhere.contains(otherHost))
        case (.unixSocket(let path, _), .unixSocket(let otherPath, _)): return path == otherPath
        default: return false
        }
    }
}
