import StateStore

/// What the store said to one request.
struct StateStoreAnswer {
    var value: RESPValue
    /// The version that came with it.
    var version: StateStoreVersion?
    /// Whether the request may have been worked on before.
    var wasResent: Bool

    /// What the answer would be if it were one of the protocol.
    var malformed: StateStoreError {
        StateStoreError(.malformedAnswer, "the store answered \(self.value), which makes no sense here")
    }
}
