/// Whoever watches keys, by a number that the owner of the store gives: a session, a connection.
package struct StateClient: Hashable, Sendable {
    /// The number.
    package let number: Int32

    /// Makes a client of its number.
    ///
    /// - Parameter number: The number.
    @inline(__always)
    package init(_ number: Int32) {
        self.number = number
    }
}
