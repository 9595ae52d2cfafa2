/// What one connected client may do.
package struct ConnectionAccess: Sendable {
    package init() {}

    /// Whether the client may be connected at all.
    package var mayConnect: Bool { true }

    /// Whether it may publish to a topic.
    ///
    /// - Parameter topic: The topic name, as bytes of UTF-8.
    /// - Returns: Whether a rule allows it.
    package func mayPublish(_ topic: Span<UInt8>) -> Bool { true }

    /// Whether it may subscribe.
    ///
    /// - Parameter filter: The topic filter as it stands in SUBSCRIBE, `$share/…` included.
    /// - Returns: Whether a rule allows it.
    package func maySubscribe(_ filter: Span<UInt8>) -> Bool { true }

    /// Whether it may read a key of the state store.
    package func mayReadState(_ key: Span<UInt8>) -> Bool { true }

    /// Whether it may write a key of the state store.
    package func mayWriteState(_ key: Span<UInt8>) -> Bool { true }
}
