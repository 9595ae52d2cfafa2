/// The version of a value: the time of the store's hybrid logical clock.
package struct CheckpointVersion: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970.
    package var milliseconds: Int64
    /// Tells apart what happened in the same millisecond.
    package var counter: Int64
    /// Who gave the version.
    package var node: String

    /// Makes a version.
    ///
    /// - Parameters:
    ///   - milliseconds: Milliseconds since 1970.
    ///   - counter: Tells apart what happened in the same millisecond.
    ///   - node: Who gave it.
    package init(milliseconds: Int64, counter: Int64, node: String) {
        self.milliseconds = milliseconds
        self.counter = counter
        self.node = node
    }

    /// Orders versions by time.
    package static func < (left: CheckpointVersion, right: CheckpointVersion) -> Bool {
        if left.milliseconds != right.milliseconds { return left.milliseconds < right.milliseconds }
        if left.counter != right.counter { return left.counter < right.counter }
        return left.node.utf8.lexicographicallyPrecedes(right.node.utf8)
    }
}
