/// The packet identifiers of one sender: which are in flight, and which is to be used next (MQTT 5.0 §2.2.1).
///
/// An identifier that comes free rests for a while before it is used again, so that a late answer meets nobody. The
/// tables grow with the greatest number that was ever in flight, not with the 65,535 that are possible.
package struct PacketIdentifiers: Sendable {
    /// How many identifiers rest, if there are enough of them, before the one that came free first is used again.
    package static let defaultRest = 32

    /// The greatest identifier that is ever given.
    package let maximum: UInt16
    /// How many identifiers are in flight.
    package private(set) var count = 0

    private let rest: Int
    // Indexed by identifier; identifier 0 does not exist and means "none" in the line of those that came free.
    private var following: [UInt16] = [0]
    private var inFlight: [Bool] = [false]
    private var firstFree: UInt16 = 0
    private var lastFree: UInt16 = 0
    private var freeCount = 0

    /// Makes a set in which nothing is in flight.
    ///
    /// - Parameters:
    ///   - maximum: The greatest identifier to give.
    ///   - rest: How many identifiers rest before the one that came free first is used again.
    package init(maximum: UInt16 = .max, rest: Int = PacketIdentifiers.defaultRest) {
        precondition(maximum > 0, "zero is not a packet identifier")
        self.maximum = maximum
        self.rest = rest
    }

    /// Takes an identifier that is not in flight.
    ///
    /// - Returns: The identifier, or `nil` if all are in flight.
    package mutating func allocate() -> UInt16? {
        let mayGrow = self.following.count <= Int(self.maximum)
        if self.freeCount > self.rest || (!mayGrow && self.freeCount > 0) {
            let identifier = self.firstFree
            self.firstFree = self.following[Int(identifier)]
            if self.firstFree == 0 { self.lastFree = 0 }
            self.freeCount -= 1
            self.inFlight[Int(identifier)] = true
            self.count += 1
            return identifier
        }
        guard mayGrow else { return nil }
        self.following.append(0)
        self.inFlight.append(true)
        self.count += 1
        return UInt16(self.following.count - 1)
    }

    /// Gives an identifier back, because its handshake is complete.
    ///
    /// - Parameter identifier: The identifier.
    /// - Returns: Whether it was in flight.
    @discardableResult
    package mutating func release(_ identifier: UInt16) -> Bool {
        guard self.contains(identifier) else { return false }
        self.inFlight[Int(identifier)] = false
        self.count -= 1
        self.following[Int(identifier)] = 0
        if self.lastFree == 0 {
            self.firstFree = identifier
        } else {
            self.following[Int(self.lastFree)] = identifier
        }
        self.lastFree = identifier
        self.freeCount += 1
        return true
    }

    /// Whether an identifier is in flight.
    ///
    /// - Parameter identifier: The identifier.
    /// - Returns: Whether it is in flight.
    package func contains(_ identifier: UInt16) -> Bool {
        Int(identifier) < self.inFlight.count && self.inFlight[Int(identifier)]
    }
}
