import StateStoreClient

/// How often a message was begun alone and not ended: who ends a process can not say so afterwards.
extension StateLedger {
    /// What bounds it.
    enum AloneLimits {
        /// How long it is remembered that a message was begun.
        static let memory = Duration.seconds(7 * 86_400)
    }

    private static let alone = ".alone/"

    /// Notes that a message is begun with no other suspect beside it.
    ///
    /// - Parameter identifier: What the message is called.
    /// - Returns: How often it was begun so before, without an end; 0 when the store does not say.
    func beginAlone(_ identifier: String) async -> Int {
        let key = storeKey(Self.alone + identifier)
        do {
            let entry = try await port.get(key)
            let before = entry.flatMap { Int(String(decoding: $0.value, as: UTF8.self)) } ?? 0
            let text = Array("\(before + 1)".utf8)
            _ = try await port.set(key, text, if: .always, expiresIn: AloneLimits.memory)
            return before
        } catch {
            logger.warning(
                "It could not be noted that a message is begun alone; if it ends the process, nobody will know",
                metadata: ["error": "\(error)"]
            )
            return 0
        }
    }

    /// A message that was begun alone has ended, or was given back.
    ///
    /// - Parameter identifier: What the message is called.
    func endAlone(_ identifier: String) async {
        await port.remove(storeKey(Self.alone + identifier))
    }
}
