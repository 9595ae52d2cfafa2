/// Releases acknowledgements in the order in which the messages arrived, whatever order the work on them ends in.
///
/// A receiver must acknowledge in the order of arrival, by PUBACK and by PUBREC [MQTT-4.6.0-2] [MQTT-4.6.0-3]. The capacity is the Receive Maximum that it
/// announced, and what it bears with beyond: a sender that goes past it breaks the protocol (MQTT 5.0 §3.3.4), and is told so by the caller.
package struct OrderedAcknowledgements: Sendable {
    /// An acknowledgement that may leave.
    package struct Released: Sendable, Equatable {
        /// The packet identifier to acknowledge.
        package var identifier: UInt16
        /// Whether by PUBREC; else by PUBACK.
        package var isExactlyOnce: Bool
    }

    /// How many messages may be unacknowledged at once.
    package let capacity: Int
    /// How many messages arrived and are not released.
    package var count: Int { Int(self.next - self.first) }
    /// The bytes that were counted of the messages that arrived and are not released.
    package private(set) var bytes = 0

    private struct Slot {
        var bytes: UInt32 = 0
        var identifier: UInt16 = 0
        var isFinished = false
        var isExactlyOnce = false
    }

    // A ring whose size is a power of two; it grows when it is full, up to the first such size that holds the capacity.
    private var ring: [Slot] = []
    private var first: UInt64 = 0
    private var next: UInt64 = 0

    /// Makes an empty line.
    ///
    /// - Parameter capacity: How many messages may be unacknowledged at once.
    package init(capacity: Int) {
        precondition(capacity > 0, "a Receive Maximum of zero is a protocol error")
        self.capacity = capacity
    }

    /// Notes that a message arrived.
    ///
    /// - Parameters:
    ///   - identifier: Its packet identifier.
    ///   - isExactlyOnce: Whether it is of QoS 2.
    ///   - bytes: How many bytes it counts for in ``bytes``; at most 4 GiB.
    /// - Returns: The number by which to finish it, or `nil` if the sender went past the capacity.
    package mutating func arrive(_ identifier: UInt16, isExactlyOnce: Bool = false, bytes: Int = 0) -> UInt64? {
        guard self.count < self.capacity else { return nil }
        if self.count == self.ring.count { self.grow() }
        let number = self.next
        let slot = Slot(bytes: UInt32(clamping: bytes), identifier: identifier, isExactlyOnce: isExactlyOnce)
        self.ring[self.index(of: number)] = slot
        self.bytes += Int(slot.bytes)
        self.next += 1
        return number
    }

    /// Notes that the work on a message is done.
    ///
    /// - Parameter number: What ``arrive(_:isExactlyOnce:bytes:)`` returned.
    /// - Returns: Whether this is news; finishing twice or finishing what never came changes nothing.
    @discardableResult
    package mutating func finish(_ number: UInt64) -> Bool {
        guard number >= self.first, number < self.next else { return false }
        let index = self.index(of: number)
        guard !self.ring[index].isFinished else { return false }
        self.ring[index].isFinished = true
        return true
    }

    /// Takes the next acknowledgement that may leave.
    ///
    /// - Returns: What to acknowledge, or `nil` if the oldest message is not finished.
    package mutating func release() -> Released? {
        guard self.first < self.next else { return nil }
        let slot = self.ring[self.index(of: self.first)]
        guard slot.isFinished else { return nil }
        self.first += 1
        self.bytes -= Int(slot.bytes)
        return Released(identifier: slot.identifier, isExactlyOnce: slot.isExactlyOnce)
    }

    private func index(of number: UInt64) -> Int {
        Int(truncatingIfNeeded: number) & (self.ring.count - 1)
    }

    private mutating func grow() {
        var larger = [Slot](repeating: Slot(), count: max(16, self.ring.count * 2))
        for number in self.first..<self.next {
            larger[Int(truncatingIfNeeded: number) & (larger.count - 1)] = self.ring[self.index(of: number)]
        }
        self.ring = larger
    }
}
