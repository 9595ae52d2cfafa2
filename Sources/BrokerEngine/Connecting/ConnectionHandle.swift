/// How the shell names a connection: the engine gives it at ``BrokerEngine/open(at:)`` and forgets it at ``BrokerEngine/close(_:at:)``.
package struct ConnectionHandle: Hashable, Sendable {
    /// An index, used again for a later connection.
    package let index: Int32

    /// The handle with an index that the engine gave.
    package init(_ index: Int32) { self.index = index }
}
