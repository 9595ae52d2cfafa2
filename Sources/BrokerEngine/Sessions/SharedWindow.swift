/// The deliveries of shared subscriptions in flight to one session.
///
/// They have packet identifiers of their own, above those of ``DeliveryQueue``: slot `i` is identifier `32768 + i`.
struct SharedWindow {
    /// One shared delivery in flight.
    struct Slot: Hashable {
        /// The kept message; the next free slot (or -1) while `group` is negative.
        var message: Int32
        /// The group it belongs to; negative while the slot is free, or a commit was made of its delivery.
        var group: Int32

        /// The delivery is done by a commit; its packet identifier is in use until PUBACK.
        var isCommitted: Bool { group == SharedWindow.committedGroup }
    }

    private static let freeGroup: Int32 = -1
    private static let committedGroup: Int32 = -2

    /// The packet identifier of the first slot.
    static let firstIdentifier: UInt16 = 32_768
    /// More slots than this there are no identifiers for.
    static let maximumSlots = 32_768

    private(set) var slots: [Slot] = []
    private var free: Int32 = -1
    /// How many are in flight.
    private(set) var count = 0

    var isFull: Bool {
        @inline(__always) get { count == Self.maximumSlots }
    }

    /// Whether a packet identifier is in use.
    func holds(_ identifier: UInt16) -> Bool {
        let index = Int(identifier) - Int(Self.firstIdentifier)
        return slots.indices.contains(index) && slots[index].group != Self.freeGroup
    }

    /// Takes a slot for a delivery and returns its packet identifier.
    mutating func insert(message: Int32, group: Int32) -> UInt16 {
        count += 1
        guard free >= 0 else {
            slots.append(Slot(message: message, group: group))
            return Self.firstIdentifier + UInt16(slots.count - 1)
        }
        let index = free
        free = slots[Int(index)].message
        slots[Int(index)] = Slot(message: message, group: group)
        return Self.firstIdentifier + UInt16(index)
    }

    /// Frees the slot of a packet identifier; nil when nothing is in flight under it.
    mutating func remove(_ identifier: UInt16) -> Slot? {
        let index = Int(identifier) - Int(Self.firstIdentifier)
        guard index >= 0, index < slots.count, slots[index].group != Self.freeGroup else { return nil }
        let slot = slots[index]
        slots[index] = Slot(message: free, group: Self.freeGroup)
        free = Int32(index)
        count -= 1
        return slot
    }

    /// A commit was made of the delivery of a packet identifier, which stays in use until ``remove(_:)``.
    ///
    /// - Returns: What was in flight.
    mutating func commit(_ identifier: UInt16) -> Slot {
        let index = Int(identifier) - Int(Self.firstIdentifier)
        let slot = slots[index]
        slots[index] = Slot(message: -1, group: Self.committedGroup)
        return slot
    }

    /// Takes everything out, and returns what is to be handed back.
    ///
    /// Only for a connection that is gone: the identifiers are free again at once.
    mutating func removeAll() -> [Slot] {
        let removed = slots.filter { $0.group >= 0 }
        slots = []
        free = -1
        count = 0
        return removed
    }
}
