/// Keys and values, each pair in one cell of a chunk.
///
/// A cell that is given back is taken again by the next body of its size, and a chunk without bodies is given back to the system:
/// nothing needs to be moved, and a value that is written over with one of about its size stays where it is.
struct StateBodies {
    /// Bytes of an ordinary chunk; a body above ``StateSizes/largest`` has a chunk for itself.
    static let chunkSize = 64 << 10
    /// Bytes of the first chunk of a size, so that a store of few keys stays small.
    static let firstChunkSize = 4 << 10

    private var chunks: [StateChunk] = []
    /// Of each size: the first chunk with a free cell.
    private var roomy = [Int32](repeating: StateSlot.none, count: StateSizes.count)
    /// Of each size: how many chunks there are.
    private var chunksOfClass = [Int32](repeating: 0, count: StateSizes.count)
    private var firstUnused = StateSlot.none
    /// The bytes that the chunks take.
    private(set) var allocatedBytes = 0

    /// Takes a cell for a body.
    ///
    /// - Parameter length: The bytes of the body.
    /// - Returns: The chunk and the cell.
    mutating func allocate(_ length: Int) -> (chunk: Int32, cell: UInt16) {
        if length > StateSizes.largest {
            let chunk = newChunk(cellSize: length, bytes: length, sizeClass: StateSlot.none)
            return (chunk, chunks[Int(chunk)].takeCell())
        }
        let sizeClass = StateSizes.sizeClass(of: length)
        if roomy[sizeClass] == StateSlot.none {
            let size = StateSizes.cellSize(of: sizeClass)
            let bytes = chunksOfClass[sizeClass] == 0 ? Self.firstChunkSize : Self.chunkSize
            chunksOfClass[sizeClass] += 1
            enlist(newChunk(cellSize: size, bytes: max(bytes / size, 1) * size, sizeClass: Int32(sizeClass)))
        }
        let chunk = roomy[sizeClass]
        let cell = chunks[Int(chunk)].takeCell()
        if chunks[Int(chunk)].isFull { delist(chunk) }
        return (chunk, cell)
    }

    /// Gives a cell back.
    ///
    /// - Parameters:
    ///   - chunk: The chunk.
    ///   - cell: The cell.
    mutating func free(_ chunk: Int32, _ cell: UInt16) {
        let number = Int(chunk)
        guard chunks[number].sizeClass != StateSlot.none else { return release(chunk) }
        let wasFull = chunks[number].isFull
        chunks[number].giveBack(cell)
        if wasFull { enlist(chunk) }
        // The last chunk with room stays, so that a key that comes and goes costs no memory's coming and going.
        let isOnlyOne = chunks[number].next == StateSlot.none && chunks[number].previous == StateSlot.none
        if chunks[number].live == 0, !isOnlyOne {
            delist(chunk)
            chunksOfClass[Int(chunks[number].sizeClass)] -= 1
            release(chunk)
        }
    }

    /// Whether a body of another length would get a cell of the same size.
    @inline(__always)
    func fits(_ length: Int, in chunk: Int32) -> Bool {
        let sizeClass = chunks[Int(chunk)].sizeClass
        if sizeClass == StateSlot.none { return length == Int(chunks[Int(chunk)].cellSize) }
        return length <= StateSizes.largest && StateSizes.sizeClass(of: length) == Int(sizeClass)
    }

    /// Writes bytes into a cell.
    ///
    /// - Parameters:
    ///   - source: The bytes.
    ///   - chunk: The chunk.
    ///   - cell: The cell.
    ///   - offset: Where in the cell they go.
    @inline(__always)
    mutating func write(_ source: Span<UInt8>, _ chunk: Int32, _ cell: UInt16, at offset: Int) {
        if source.isEmpty { return }
        let start = Int(cell) &* Int(chunks[Int(chunk)].cellSize) &+ offset
        // Safe because the slice is checked against the chunk, and both pointers are used only inside the closures.
        chunks[Int(chunk)].bytes.withUnsafeMutableBytes { target in
            source.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: target[start..<start &+ $0.count]).copyMemory(from: $0)
            }
        }
    }

    /// Lends bytes of a cell.
    ///
    /// - Parameters:
    ///   - range: Which bytes of the cell.
    ///   - chunk: The chunk.
    ///   - cell: The cell.
    ///   - body: Gets the bytes.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @inline(__always)
    func withBytes<Result, Failure: Error>(
        _ range: Range<Int>,
        _ chunk: Int32,
        _ cell: UInt16,
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = Int(cell) &* Int(chunks[Int(chunk)].cellSize)
        // Safe because the slice is checked against the chunk, and the span is used only inside the closure.
        return try chunks[Int(chunk)].bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            let slice = bytes[start &+ range.lowerBound..<start &+ range.upperBound]
            return try body(Span(_unsafeElements: UnsafeBufferPointer(rebasing: slice)))
        }
    }

    private mutating func newChunk(cellSize: Int, bytes: Int, sizeClass: Int32) -> Int32 {
        var chunk = StateChunk()
        chunk.bytes = [UInt8](repeating: 0, count: bytes)
        chunk.cellSize = Int32(cellSize)
        chunk.sizeClass = sizeClass
        allocatedBytes += bytes
        guard firstUnused != StateSlot.none else {
            chunks.append(chunk)
            return Int32(chunks.count - 1)
        }
        let number = firstUnused
        firstUnused = chunks[Int(number)].next
        chunks[Int(number)] = chunk
        return number
    }

    private mutating func release(_ chunk: Int32) {
        allocatedBytes -= chunks[Int(chunk)].bytes.count
        chunks[Int(chunk)] = StateChunk()
        chunks[Int(chunk)].next = firstUnused
        firstUnused = chunk
    }

    /// Puts a chunk before the others of its class that have a free cell.
    private mutating func enlist(_ chunk: Int32) {
        let sizeClass = Int(chunks[Int(chunk)].sizeClass)
        let first = roomy[sizeClass]
        chunks[Int(chunk)].next = first
        chunks[Int(chunk)].previous = StateSlot.none
        if first != StateSlot.none { chunks[Int(first)].previous = chunk }
        roomy[sizeClass] = chunk
    }

    private mutating func delist(_ chunk: Int32) {
        let (next, previous) = (chunks[Int(chunk)].next, chunks[Int(chunk)].previous)
        if next != StateSlot.none { chunks[Int(next)].previous = previous }
        if previous != StateSlot.none {
            chunks[Int(previous)].next = next
        } else {
            roomy[Int(chunks[Int(chunk)].sizeClass)] = next
        }
        chunks[Int(chunk)].next = StateSlot.none
        chunks[Int(chunk)].previous = StateSlot.none
    }
}
