/// What the store knows of a key beside its bytes: 48 bytes.
struct StateSlot {
    /// What `previous` and the like are where there is none.
    static let none: Int32 = -1
    /// The longest value: what fits beside the flags.
    static let maximumValueLength = (1 << 28) - 1
    private static let lengthBits: UInt32 = (1 << 28) - 1
    private static let fencedBit: UInt32 = 1 << 31

    /// The version of the last write.
    var version = PackedInstant(rawValue: 0)
    /// The page of the journal with the fact about the key.
    var page: UInt64 = 0
    /// The bytes of that fact.
    var pageBytes: Int32 = 0
    /// The key that was changed before this one; of a free slot: the next free one.
    var previous = none
    /// The key that was changed after this one.
    var next = none
    /// The chunk with key and value; `none` marks a free slot.
    var chunk = none
    /// The hash of the key.
    var hash: UInt32 = 0
    /// The place in the heap of expiries; `none` if the key does not expire.
    var expiry = none
    /// The cell of the chunk.
    var cell: UInt16 = 0
    /// The bytes of the key.
    var keyLength: UInt16 = 0
    private var lengthAndFlags: UInt32 = 0

    @inline(__always)
    var isFree: Bool { chunk == Self.none }

    /// The bytes of the value.
    @inline(__always)
    var valueLength: Int {
        get { Int(lengthAndFlags & Self.lengthBits) }
        set { lengthAndFlags = lengthAndFlags & ~Self.lengthBits | UInt32(newValue) & Self.lengthBits }
    }

    /// Whether a fencing token protects the key.
    @inline(__always)
    var isFenced: Bool {
        get { lengthAndFlags & Self.fencedBit != 0 }
        set { lengthAndFlags = newValue ? lengthAndFlags | Self.fencedBit : lengthAndFlags & ~Self.fencedBit }
    }

    /// The bytes of key and value.
    @inline(__always)
    var bodyLength: Int { Int(keyLength) &+ valueLength }
}
