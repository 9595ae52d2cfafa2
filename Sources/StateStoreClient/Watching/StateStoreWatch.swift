/// What becomes of one key; see ``StateStoreClient/watch(_:)``.
public struct StateStoreWatch: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = StateStoreChange

    let store: StateStoreClient
    let key: StateStoreKey

    /// Makes an iterator, which registers at its first step.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator()
    }

    /// Gives one change after the other.
    public struct Iterator: AsyncIteratorProtocol {
        /// Waits for the next change.
        ///
        /// - Returns: The change; `nil` when the task is cancelled or the MQTT client has ended.
        /// - Throws: ``StateStoreError`` when the store refuses the watch.
        public mutating func next() async throws(StateStoreError) -> StateStoreChange? {
            throw StateStoreError(.notSupported, "is being written")
        }
    }
}
