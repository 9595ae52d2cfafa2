/// All slots, in blocks: growing copies nothing, and a handle stays what it is.
struct StateSlots {
    /// Slots of a block, as a power of two.
    static let blockBits: Int32 = 10
    private static let blockMask: Int32 = (1 << blockBits) - 1

    private var blocks: [[StateSlot]] = []
    private var firstFree = StateSlot.none
    /// How many slots there are, free ones counted.
    private(set) var capacity: Int32 = 0

    @inline(__always)
    subscript(index: Int32) -> StateSlot {
        _read { yield blocks[Int(index &>> Self.blockBits)][Int(index & Self.blockMask)] }
        _modify { yield &blocks[Int(index &>> Self.blockBits)][Int(index & Self.blockMask)] }
    }

    /// The bytes that the blocks take.
    var allocatedBytes: Int { blocks.count << Int(Self.blockBits) * MemoryLayout<StateSlot>.stride }

    /// Takes a free slot, or a new one.
    mutating func allocate() -> Int32 {
        if firstFree != StateSlot.none {
            let index = firstFree
            firstFree = self[index].previous
            return index
        }
        if capacity & Self.blockMask == 0 {
            var block: [StateSlot] = []
            block.reserveCapacity(1 << Int(Self.blockBits))
            blocks.append(block)
        }
        blocks[blocks.count &- 1].append(StateSlot())
        capacity &+= 1
        return capacity &- 1
    }

    /// Gives a slot back.
    mutating func free(_ index: Int32) {
        self[index] = StateSlot()
        self[index].previous = firstFree
        firstFree = index
    }
}
