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

    /// The first key that does not pass.
    ///
    /// - Parameters:
    ///   - bytes: The bytes that the arguments lie in.
    ///   - stride: How many arguments a key has, itself included.
    ///   - passes: Whether a key does.
    /// - Returns: Where it lies; nil if all pass.
    package func firstKey(
        in bytes: Span<UInt8>,
        stride: Int,
        thatFails passes: (Span<UInt8>) -> Bool
    ) -> Range<Int>? {
        var reader = RESPReader(range)
        var index = 0
        // They were checked when the request was read: nothing throws here.
        while let argument = try? reader.bulk(bytes) {
            if index % stride == 0, !passes(bytes.extracting(argument)) { return argument }
            index += 1
        }
        return nil
    }
}
