extension CommitRequest {
    /// The payload of a request with these commits.
    package static func payload(of commits: [CommitRequest]) -> [UInt8] { [] }
}

extension CommitOutcome {
    /// Broker: the header of an answer with `count` outcomes.
    package static func appendHeader(count: Int, to out: inout [UInt8]) {}
    /// Broker: one outcome.
    package func append(to out: inout [UInt8]) {}
    /// Client: the outcomes of an answer; throws the error that the answer carries, `.syntax` if it is none of this form.
    package static func parse(_ payload: Span<UInt8>) throws(StateError) -> [CommitOutcome] { throw .syntax }
}

/// Reads the payload of a commit request where it lies. The framing of the whole payload is checked by `init`, so that nothing is
/// done of a request that is cut somewhere behind.
///
/// `while let n = reader.nextCommit(bytes) { for index in 0..<n { switch reader.nextOperation(bytes) {…} } }`; every operation must be read.
package struct CommitReader: Sendable {
    /// How many commits the request has.
    package let count: Int
    package init(_ bytes: Span<UInt8>, in payload: Range<Int>, limits: StateLimits = .default) throws(StateError) {
        count = 0
    }
    /// How many operations the next commit has; nil behind the last. Skips what was not read of the one before.
    package mutating func nextCommit(_ bytes: Span<UInt8>) -> Int? { nil }
    package mutating func nextOperation(_ bytes: Span<UInt8>) -> CommitStep { .invalid("") }
}

/// An operation of a commit where it lies.
package enum CommitStep: Hashable, Sendable {
    case acknowledge(id: Range<Int>)
    case retry(id: Range<Int>, delay: Int64, reason: Range<Int>)
    case write(StateWrite)
    case check(key: Range<Int>, version: StateVersion?)
    case publish(CommitPublish)
    /// The operation is no such; why. The commit is to be refused with `invalid`.
    case invalid(String)
}

/// A PUBLISH of a commit where it lies; topic and texts are checked (well-formed UTF-8, no wildcards, lengths).
package struct CommitPublish: Hashable, Sendable {
    package var topic: Range<Int>
    package var payload: Range<Int>
    package var qos: UInt8 = 1
    package var retain = false
    package var expiry: UInt32?
    /// TYPE, FORMAT, RESPONSE, CORRELATION, UP as they lie.
    package var options: StateArguments
    /// Appends the MQTT property section (without its length and without the message expiry) of the message.
    package func appendProperties(_ bytes: Span<UInt8>, to out: inout [UInt8]) {}
}
