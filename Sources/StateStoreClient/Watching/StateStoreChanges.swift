/// What changes among the keys of a prefix; see ``StateStoreClient/changes(prefix:)``.
public struct StateStoreChanges: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = StateStoreNotice

    let store: StateStoreClient
    let prefix: StateStoreKey

    /// Makes an iterator, which registers at its first step.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator()
    }

    /// Gives one notice after the other.
    public struct Iterator: AsyncIteratorProtocol {
        /// Waits for the next notice.
        ///
        /// - Returns: The notice; `nil` when the task is cancelled or the MQTT client has ended.
        /// - Throws: ``StateStoreError`` when the store refuses the watch.
        public mutating func next() async throws(StateStoreError) -> StateStoreNotice? {
            throw StateStoreError(.notSupported, "is being written")
        }
    }
}
