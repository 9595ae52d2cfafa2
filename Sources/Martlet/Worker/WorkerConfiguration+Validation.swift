import MQTTPackets

extension WorkerConfiguration {
    /// Checks that no value contradicts the protocol or another one.
    ///
    /// - Throws: ``WorkerError`` that names the value.
    func validate() throws(WorkerError) {
        try Self.checkName(name, what: "name")
        if let replica { try Self.checkName(replica, what: "replica") }
        try Self.check((1...Limits.maximumThreads).contains(threads), "threads must be 1 to 1024, not \(threads)")
        try Self.check(
            (1...Limits.maximumSlots).contains(effectiveSlots),
            "slots must be 1 to 65535, not \(effectiveSlots)"
        )
        try Self.check(grace >= .zero, "grace must not be negative")
        try Self.check(deadline.map { $0 > .zero } ?? true, "deadline must be longer than nothing")
        try Self.check(sessionExpiry >= .zero, "sessionExpiry must not be negative")
        try Self.check(
            TopicName.isValid(deadLetterRoot),
            "deadLetterRoot '\(deadLetterRoot)' is no topic that can be published to"
        )
        if let stateRoot { try Self.checkName(stateRoot, what: "stateRoot") }
        try Self.check(seedingPatience >= .zero, "seedingPatience must not be negative")
        try Self.check(quotaPatience >= .zero, "quotaPatience must not be negative")
        try Self.check(stateMemory >= 0, "stateMemory must not be negative")
        try Self.check(checkpointSize >= 1 << 20, "checkpointSize must be 1048576 bytes at least")
        try Self.check(!messageIdentifierProperty.isEmpty, "messageIdentifierProperty must not be empty")
    }

    /// A name stands in client identifiers and in the filters of shared subscriptions.
    private static func checkName(_ name: String, what: String) throws(WorkerError) {
        let isFit = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !"/+#".unicodeScalars.contains($0) }
        try check(
            isFit && (1...200).contains(name.utf8.count),
            "\(what) '\(name)' must have 1 to 200 bytes and hold no / + #"
        )
    }

    private static func check(_ condition: Bool, _ message: String) throws(WorkerError) {
        guard condition else { throw WorkerError(.invalidConfiguration, message) }
    }
}
