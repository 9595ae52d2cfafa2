package import MQTTPackets

/// Reads the payload of a commit request where it lies.
///
/// The framing of the whole payload is checked at the start: nothing is done of a request that is cut somewhere behind.
///
/// ```swift
/// var reader = try CommitReader(bytes, in: view.payload)
/// while let count = reader.nextCommit(bytes) {
///     for index in 0..<count { switch reader.nextOperation(bytes) { … } }
/// }
/// ```
package struct CommitReader: Sendable {
    /// How many commits the request has.
    package let count: Int
    private var reader: RESPReader
    private var commitsLeft: Int
    private var operationsLeft = 0
    private let limits: StateLimits
    private let packetLimits: PacketLimits

    /// Checks a payload and stands before its first commit.
    ///
    /// - Parameters:
    ///   - bytes: Where the payload lies.
    ///   - payload: Which bytes it is.
    ///   - limits: The bounds of a request.
    ///   - packetLimits: The bounds of what is published.
    /// - Throws: ``StateError/syntax`` if it is no list of commits, ``StateError/quotaExceeded`` if it is too long a list.
    package init(
        _ bytes: Span<UInt8>,
        in payload: Range<Int>,
        limits: StateLimits = .default,
        packetLimits: PacketLimits = .default
    ) throws(StateError) {
        var reader = RESPReader(payload)
        count = try reader.array(bytes)
        guard count <= limits.commitsPerRequest else { throw .quotaExceeded }
        self.reader = reader
        self.limits = limits
        self.packetLimits = packetLimits
        commitsLeft = count
        for _ in 0..<count {
            let operations = try reader.array(bytes)
            guard operations <= limits.operationsPerCommit else { throw .quotaExceeded }
            for _ in 0..<operations {
                let elements = try reader.array(bytes)
                for _ in 0..<elements { _ = try reader.bulk(bytes) }
            }
        }
        guard count > 0, reader.isAtEnd else { throw .syntax }
    }

    /// Goes to the next commit, over what was not read of the one before.
    ///
    /// - Parameter bytes: Where the payload lies.
    /// - Returns: How many operations it has; nil behind the last commit.
    package mutating func nextCommit(_ bytes: Span<UInt8>) -> Int? {
        while operationsLeft > 0 { _ = nextElements(bytes) }
        guard commitsLeft > 0, let operations = try? reader.array(bytes) else { return nil }
        commitsLeft -= 1
        operationsLeft = operations
        return operations
    }

    /// Reads the next operation of the commit.
    ///
    /// - Parameter bytes: Where the payload lies.
    /// - Returns: The operation, or what is wrong with it.
    package mutating func nextOperation(_ bytes: Span<UInt8>) -> CommitStep {
        guard operationsLeft > 0 else { return .invalid("there is no further operation") }
        let elements = nextElements(bytes)
        var parser = CommitParser(bytes, elements, limits: limits, packetLimits: packetLimits)
        do {
            return try parser.step(bytes)
        } catch {
            return .invalid(error.text)
        }
    }

    /// Steps over an operation.
    ///
    /// - Returns: Its elements.
    private mutating func nextElements(_ bytes: Span<UInt8>) -> StateArguments {
        operationsLeft -= 1
        // The framing was checked at the start: nothing throws here.
        guard let count = try? reader.array(bytes) else { return StateArguments(count: 0, range: 0..<0) }
        let start = reader.position
        for _ in 0..<count { _ = try? reader.bulk(bytes) }
        return StateArguments(count: count, range: start..<reader.position)
    }
}
