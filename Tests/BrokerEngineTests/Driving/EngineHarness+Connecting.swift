import MQTTPackets

extension EngineHarness {
    /// Opens a connection and sends CONNECT: MQTT 5, clean start, no session expiry, unless changed.
    ///
    /// - Parameters:
    ///   - client: The client identifier.
    ///   - configure: Changes the packet.
    /// - Returns: The peer; its CONNACK is in the inbox.
    func connect(_ client: String, _ configure: (inout Connect) -> Void = { _ in }) -> Peer {
        guard let peer = open(client) else { preconditionFailure("The engine takes no connection.") }
        var connect = Connect(clientIdentifier: client)
        configure(&connect)
        peer.send(.connect(connect))
        return peer
    }

    /// Connects with a session that outlives the connection by an hour, resuming it where there is one.
    func resume(_ client: String, _ configure: (inout Connect) -> Void = { _ in }) -> Peer {
        connect(client) {
            $0.cleanStart = false
            $0.properties.sessionExpiryInterval = 3_600
            configure(&$0)
        }
    }

    /// Connects with MQTT 3.1.1.
    func connectOld(_ client: String, clean: Bool = true, _ configure: (inout Connect) -> Void = { _ in }) -> Peer {
        connect(client) {
            $0.version = .v3_1_1
            $0.cleanStart = clean
            configure(&$0)
        }
    }
}
