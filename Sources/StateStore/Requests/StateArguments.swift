/// The arguments of a request with many, where they lie: bulk strings, known to be well formed.
package struct StateArguments: Hashable, Sendable {
    /// How many there are.
    package var count: Int
    /// The bytes of all of them, with their lengths.
    package var range: Range<Int>

    /// Makes the description of some arguments.
    ///
    /// - Parameters:
    ///   - count: How many there are.
    ///   - range: The bytes of all of them, with their lengths.
    package init(count: Int, range: Range<Int>) {
        self.count = count
        self.range = range
    }
}
