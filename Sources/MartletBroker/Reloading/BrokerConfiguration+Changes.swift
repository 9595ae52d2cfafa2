/// What a running broker can take over of another configuration, and what it cannot.
extension BrokerConfiguration {
    /// What differs and holds only after a restart.
    func changesForRestart(from running: BrokerConfiguration) -> [String] {
        var changes: [String] = []
        func compare<Value: Equatable>(_ name: String, _ path: KeyPath<BrokerConfiguration, Value>) {
            if self[keyPath: path] != running[keyPath: path] { changes.append(name) }
        }
        compare("data", \.storage)
        compare("acceptsDataLoss", \.acceptsDataLoss)
        compare("memoryOnlyState", \.memoryOnlyStatePrefixes)
        compare("systemTopicInterval", \.systemTopicInterval)
        compare("stopDeadline", \.stopDeadline)
        compare("networkLoops", \.networkLoops)
        compare("responseTopicPrefix", \.responseTopicPrefix)
        compare("checkPayloadFormat", \.checksPayloadFormat)
        if (operators == nil) != (running.operators == nil) { changes.append("admin: whether operators authenticate") }
        changes += limits.changesForRestart(from: running.limits)
        let old = Dictionary(running.effectiveListeners.map { ($0.name, $0) }) { first, _ in first }
        let new = Dictionary(effectiveListeners.map { ($0.name, $0) }) { first, _ in first }
        for name in Set(old.keys).union(new.keys).sorted() {
            guard let before = old[name], let after = new[name] else {
                changes.append("listener '\(name)' (\(old[name] == nil ? "new" : "gone"))")
                continue
            }
            changes += after.changesForRestart(from: before).map { "listener '\(name)': \($0)" }
            if (authentication(of: after) == nil) != (running.authentication(of: before) == nil) {
                changes.append("listener '\(name)': whether clients authenticate")
            }
        }
        return changes
    }
}

extension BrokerListener {
    fileprivate func changesForRestart(from running: BrokerListener) -> [String] {
        var changes: [String] = []
        if address != running.address { changes.append("address") }
        if (tls == nil) != (running.tls == nil) { changes.append("whether it has TLS") }
        if webSocket != running.webSocket { changes.append("webSocket") }
        if trustedProxies != running.trustedProxies { changes.append("trustedProxies") }
        if limits.handshakeDeadline != running.limits.handshakeDeadline { changes.append("handshakeDeadline") }
        return changes
    }
}

extension BrokerLimits {
    /// Clients were told these, or the state store was made with them.
    private static let fixed: [(name: String, path: any KeyPath<BrokerLimits, Int> & Sendable)] = [
        ("maximumPacketSize", \.maximumPacketSize), ("stateKeys", \.stateKeys), ("stateBytes", \.stateBytes),
        ("stateKeyBytes", \.stateKeyBytes), ("stateValueBytes", \.stateValueBytes),
    ]

    func changesForRestart(from running: BrokerLimits) -> [String] {
        var changes = Self.fixed.filter { self[keyPath: $0.path] != running[keyPath: $0.path] }.map {
            "limits.\($0.name)"
        }
        if receiveMaximum != running.receiveMaximum { changes.append("limits.receiveMaximum") }
        return changes
    }

    /// These limits where they can change, and those of the running broker where they can not.
    func applied(to running: BrokerLimits) -> BrokerLimits {
        var limits = self
        limits.maximumPacketSize = running.maximumPacketSize
        limits.receiveMaximum = running.receiveMaximum
        limits.stateKeys = running.stateKeys
        limits.stateBytes = running.stateBytes
        limits.stateKeyBytes = running.stateKeyBytes
        limits.stateValueBytes = running.stateValueBytes
        return limits
    }
}
