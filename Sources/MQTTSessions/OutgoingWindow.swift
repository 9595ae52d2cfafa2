/// What a sender has sent and the receiver has not acknowledged, in the order in which it was sent.
///
/// The receiver's Receive Maximum bounds how many of them are under way on the present connection (MQTT 5.0 §4.9). When
/// a session is resumed on a new connection, all of them are sent again first, in the same order (§4.4, §4.6); the
/// new connection's Receive Maximum may be smaller than their number, and then the rest follows as acknowledgements come.
///
/// Looking up an identifier costs one array access. Slots are made when they are first needed.
package struct OutgoingWindow<Element> {
    fileprivate struct Slot {
        var element: Element?
        var identifier: UInt16
        var previous: Int32
        var next: Int32
        var isUnderWay: Bool
    }

    /// How many entries may be under way on the present connection.
    package private(set) var limit: Int
    /// How many entries are not acknowledged.
    package private(set) var count = 0
    /// How many entries are under way on the present connection.
    package private(set) var underWay = 0

    private static var none: Int32 { -1 }

    private var slots: [Slot] = []
    private var slotOfIdentifier: [Int32] = []
    private var oldest: Int32 = Self.none
    private var newest: Int32 = Self.none
    private var toResend: Int32 = Self.none
    private var free: Int32 = Self.none

    /// Makes an empty window.
    ///
    /// - Parameter limit: How many entries may be under way.
    package init(limit: Int) {
        precondition(limit > 0, "a Receive Maximum of zero is a protocol error")
        self.limit = limit
    }

    /// Whether nothing is unacknowledged.
    package var isEmpty: Bool { self.count == 0 }

    /// Whether a new entry may be sent: there is room, and nothing older waits to be sent again.
    package var hasRoom: Bool { self.underWay < self.limit && self.toResend == Self.none }

    /// Adds an entry that is being sent now.
    ///
    /// - Parameters:
    ///   - element: What is sent.
    ///   - identifier: Its packet identifier, which no other entry has.
    package mutating func add(_ element: Element, identifier: UInt16) {
        precondition(self.hasRoom, "cannot send past the Receive Maximum or before what must be sent again")
        precondition(self.slot(of: identifier) == Self.none, "cannot use packet identifier \(identifier) twice")
        let entry = Slot(
            element: element,
            identifier: identifier,
            previous: self.newest,
            next: Self.none,
            isUnderWay: true
        )
        let slot: Int32
        if self.free == Self.none {
            slot = Int32(self.slots.count)
            self.slots.append(entry)
        } else {
            slot = self.free
            self.free = self.slots[Int(slot)].next
            self.slots[Int(slot)] = entry
        }
        if self.newest == Self.none {
            self.oldest = slot
        } else {
            self.slots[Int(self.newest)].next = slot
        }
        self.newest = slot
        while self.slotOfIdentifier.count <= Int(identifier) { self.slotOfIdentifier.append(Self.none) }
        self.slotOfIdentifier[Int(identifier)] = slot
        self.count += 1
        self.underWay += 1
    }

    /// Takes out the entry that the receiver acknowledged.
    ///
    /// - Parameter identifier: The packet identifier in the acknowledgement.
    /// - Returns: What was sent, or `nil` if no entry has this identifier.
    package mutating func acknowledge(_ identifier: UInt16) -> Element? {
        let slot = self.slot(of: identifier)
        guard slot != Self.none else { return nil }
        let entry = self.slots[Int(slot)]
        if entry.previous == Self.none {
            self.oldest = entry.next
        } else {
            self.slots[Int(entry.previous)].next = entry.next
        }
        if entry.next == Self.none {
            self.newest = entry.previous
        } else {
            self.slots[Int(entry.next)].previous = entry.previous
        }
        if self.toResend == slot { self.toResend = entry.next }
        if entry.isUnderWay { self.underWay -= 1 }
        self.count -= 1
        self.slotOfIdentifier[Int(identifier)] = Self.none
        self.slots[Int(slot)].element = nil
        self.slots[Int(slot)].next = self.free
        self.free = slot
        return entry.element
    }

    /// Starts over on a new connection: all entries wait to be sent again.
    ///
    /// - Parameter limit: How many entries may be under way on it.
    package mutating func beginConnection(limit: Int) {
        precondition(limit > 0, "a Receive Maximum of zero is a protocol error")
        self.limit = limit
        self.underWay = 0
        self.toResend = self.oldest
        var slot = self.oldest
        while slot != Self.none {
            self.slots[Int(slot)].isUnderWay = false
            slot = self.slots[Int(slot)].next
        }
    }

    /// Takes the next entry to be sent again, if the limit leaves room for it.
    ///
    /// - Returns: The entry, which counts as under way from now on, or `nil` if none is to be sent now.
    package mutating func nextToResend() -> (identifier: UInt16, element: Element)? {
        guard self.toResend != Self.none, self.underWay < self.limit else { return nil }
        let slot = Int(self.toResend)
        self.toResend = self.slots[slot].next
        self.slots[slot].isUnderWay = true
        self.underWay += 1
        guard let element = self.slots[slot].element else {
            preconditionFailure("cannot have an entry in the line without an element")
        }
        return (self.slots[slot].identifier, element)
    }

    /// Looks at an entry.
    ///
    /// - Parameter identifier: Its packet identifier.
    /// - Returns: What was sent, or `nil` if no entry has this identifier.
    package func element(_ identifier: UInt16) -> Element? {
        let slot = self.slot(of: identifier)
        return slot == Self.none ? nil : self.slots[Int(slot)].element
    }

    /// Changes an entry in place.
    ///
    /// - Parameters:
    ///   - identifier: Its packet identifier.
    ///   - change: What to do with the element.
    /// - Returns: Whether there is such an entry.
    @discardableResult
    package mutating func update(_ identifier: UInt16, _ change: (inout Element) -> Void) -> Bool {
        let slot = self.slot(of: identifier)
        guard slot != Self.none, var element = self.slots[Int(slot)].element else { return false }
        self.slots[Int(slot)].element = nil
        change(&element)
        self.slots[Int(slot)].element = element
        return true
    }

    /// Goes through all entries, oldest first.
    ///
    /// - Parameter body: Is given the packet identifier and the element of each.
    package func forEach(_ body: (UInt16, Element) -> Void) {
        var slot = self.oldest
        while slot != Self.none {
            let entry = self.slots[Int(slot)]
            if let element = entry.element { body(entry.identifier, element) }
            slot = entry.next
        }
    }

    /// Empties the window.
    ///
    /// - Returns: What was not acknowledged, oldest first.
    package mutating func removeAll() -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(self.count)
        self.forEach { _, element in elements.append(element) }
        self = OutgoingWindow(limit: self.limit)
        return elements
    }

    private func slot(of identifier: UInt16) -> Int32 {
        Int(identifier) < self.slotOfIdentifier.count ? self.slotOfIdentifier[Int(identifier)] : Self.none
    }
}

extension OutgoingWindow: Sendable where Element: Sendable {}
extension OutgoingWindow.Slot: Sendable where Element: Sendable {}
