/// The receiver's side of QoS 2: which messages came, how far each handshake is, so that none is handed over twice (MQTT 5.0 §4.3.3).
///
/// It belongs to the session and outlives connections. A message is handed over when it comes first; PUBREC leaves when its work is done; from
/// then on a PUBLISH with its identifier is only answered, until PUBREL frees the identifier. A message that comes again while the application
/// has it is not handed over again either, unless the application let it go without an end.
package struct IncomingHandshakes: Sendable {
    /// What a PUBLISH is.
    package enum Arrival: Sendable, Equatable {
        /// A message to hand over, with the number to finish it by.
        case new(UInt64)
        /// One that the application has, or has finished without PUBREC having left.
        case inHand
        /// One whose PUBREC left.
        case confirmed
    }

    private struct Entry {
        var number: UInt64
        /// Its place in the line of acknowledgements of the present connection.
        var place: UInt64?
        var isHeld = true
        var isFinished = false
        var isConfirmed = false
    }

    private var entries: [UInt16: Entry] = [:]
    private var identifiers: [UInt64: UInt16] = [:]
    private var lastNumber: UInt64 = 0

    /// Makes an empty set.
    package init() {}

    /// How many handshakes are not over; at most as many as there are packet identifiers.
    package var count: Int { self.entries.count }

    /// Notes that a PUBLISH came.
    ///
    /// - Parameters:
    ///   - identifier: Its packet identifier.
    ///   - place: Its place in the line of acknowledgements.
    /// - Returns: What it is.
    package mutating func arrive(_ identifier: UInt16, at place: UInt64) -> Arrival {
        guard var entry = self.entries[identifier] else {
            return .new(self.add(identifier, at: place))
        }
        entry.place = place
        if entry.isConfirmed {
            self.entries[identifier] = entry
            return .confirmed
        }
        if entry.isHeld || entry.isFinished {
            self.entries[identifier] = entry
            return .inHand
        }
        self.identifiers[entry.number] = nil
        return .new(self.add(identifier, at: place))
    }

    private mutating func add(_ identifier: UInt16, at place: UInt64) -> UInt64 {
        self.lastNumber += 1
        self.entries[identifier] = Entry(number: self.lastNumber, place: place)
        self.identifiers[self.lastNumber] = identifier
        return self.lastNumber
    }

    /// Whether the work on the message of an identifier is done.
    ///
    /// - Parameter identifier: The packet identifier.
    /// - Returns: Whether it is.
    package func isFinished(_ identifier: UInt16) -> Bool { self.entries[identifier]?.isFinished ?? false }

    /// Notes that the work on a message is done, on whatever connection it came.
    ///
    /// - Parameter number: What ``arrive(_:at:)`` returned.
    /// - Returns: Its place in the line of acknowledgements, if it has one.
    package mutating func finish(_ number: UInt64) -> UInt64? {
        guard let identifier = self.identifiers[number], var entry = self.entries[identifier] else { return nil }
        entry.isFinished = true
        self.entries[identifier] = entry
        return entry.place
    }

    /// Notes that the application has a message no longer; if it was not finished, the next PUBLISH hands it over again.
    ///
    /// - Parameter number: What ``arrive(_:at:)`` returned.
    package mutating func letGo(_ number: UInt64) {
        guard let identifier = self.identifiers[number] else { return }
        self.entries[identifier]?.isHeld = false
    }

    /// Notes that PUBREC leaves.
    ///
    /// - Parameter identifier: The packet identifier.
    /// - Returns: Whether it is to be sent: false for a handshake that is over.
    package mutating func confirm(_ identifier: UInt16) -> Bool {
        guard var entry = self.entries[identifier] else { return false }
        entry.isConfirmed = true
        entry.place = nil
        self.entries[identifier] = entry
        return true
    }

    /// Notes that PUBREL came: the handshake is over, also if PUBREC did not leave.
    ///
    /// - Parameter identifier: The packet identifier.
    /// - Returns: Whether there was such a handshake, and the place in the line of acknowledgements that is free of its message.
    package mutating func release(_ identifier: UInt16) -> (isKnown: Bool, place: UInt64?) {
        guard let entry = self.entries.removeValue(forKey: identifier) else { return (false, nil) }
        self.identifiers[entry.number] = nil
        return (true, entry.place)
    }

    /// Notes that the connection is over: nothing has a place in the line any more.
    package mutating func connectionEnded() {
        for identifier in self.entries.keys { self.entries[identifier]?.place = nil }
    }

    /// Forgets everything, because the session is lost.
    package mutating func removeAll() {
        self.entries.removeAll()
        self.identifiers.removeAll()
    }
}
