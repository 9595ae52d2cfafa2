/// A stretch of memory that is cut into cells of one size.
struct StateChunk {
    /// The end of a list of free cells.
    static let noCell: UInt16 = .max

    var bytes: [UInt8] = []
    /// The bytes of a cell.
    var cellSize: Int32 = 0
    /// The class of sizes; `StateSlot.none` of a body that has the chunk for itself.
    var sizeClass = StateSlot.none
    /// How many cells are taken.
    var live: Int32 = 0
    /// How many cells were ever taken; those behind are free, too.
    var used: UInt16 = 0
    /// The first of the cells that were given back; each holds the next in its first two bytes.
    var firstFree = noCell
    /// The next chunk of the same class that has a free cell; of an unused chunk: the next unused one.
    var next = StateSlot.none
    /// The one before it.
    var previous = StateSlot.none

    /// How many cells there are.
    var cells: Int { cellSize == 0 ? 0 : bytes.count / Int(cellSize) }

    /// Whether no cell is free.
    var isFull: Bool { Int(live) == cells }

    /// Takes a free cell; there must be one.
    mutating func takeCell() -> UInt16 {
        live &+= 1
        if firstFree != Self.noCell {
            let cell = firstFree
            let offset = Int(cell) &* Int(cellSize)
            firstFree = UInt16(bytes[offset]) | UInt16(bytes[offset &+ 1]) &<< 8
            return cell
        }
        used &+= 1
        return used &- 1
    }

    /// Gives a cell back.
    mutating func giveBack(_ cell: UInt16) {
        let offset = Int(cell) &* Int(cellSize)
        bytes[offset] = UInt8(truncatingIfNeeded: firstFree)
        bytes[offset &+ 1] = UInt8(truncatingIfNeeded: firstFree &>> 8)
        firstFree = cell
        live &-= 1
    }
}
