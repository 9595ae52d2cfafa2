/// The sizes of cells: by eights up to 128, then eight steps from each power of two to the next.
///
/// So a body wastes at most an eighth of its cell, on average half of that.
enum StateSizes {
    /// The largest cell that shares a chunk with others.
    static let largest = 16 << 10
    private static let smallest = 16
    private static let linearLimit = 128
    private static let linearClasses = (linearLimit - smallest) / 8 + 1

    /// How many sizes there are.
    static let count = sizeClass(of: largest) + 1

    /// The class of the smallest cell that holds a body; for bodies up to ``largest``.
    @inline(__always)
    static func sizeClass(of length: Int) -> Int {
        if length <= linearLimit { return (max(length, smallest) &+ 7) / 8 &- 2 }
        // The power of two below the length, and the eighth of it that the length reaches into.
        let power = Int.bitWidth &- 1 &- (length &- 1).leadingZeroBitCount
        let step = 1 &<< (power &- 3)
        let steps = (length &- (1 &<< power) &+ step &- 1) / step
        return linearClasses &+ (power &- 7) &* 8 &+ steps &- 1
    }

    /// The bytes of a class's cells.
    static func cellSize(of sizeClass: Int) -> Int {
        if sizeClass < linearClasses { return (sizeClass + 2) * 8 }
        let (octave, step) = (sizeClass - linearClasses).quotientAndRemainder(dividingBy: 8)
        return (1 << (octave + 7)) + (step + 1) << (octave + 4)
    }
}
