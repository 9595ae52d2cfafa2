/// Topic aliases of the broker (MQTT 5.0 §3.3.2.3.4).
extension BrokerEngine {
    /// What to do with the topic of a copy that is about to be written.
    mutating func chooseAlias(_ slot: MessageSlot, for connection: Int) -> OutgoingAliases.Choice {
        guard !connections[connection].outgoingAliases.isEmpty else { return .none }
        return messages.withTopic(of: slot) { connections[connection].outgoingAliases.choose($0) }
    }

    /// Notes what was written.
    mutating func wrote(_ choice: OutgoingAliases.Choice, _ slot: MessageSlot, to connection: Int) {
        guard case .give(let alias) = choice else { return }
        messages.withTopic(of: slot) { connections[connection].outgoingAliases.given(alias, to: $0) }
    }
}
