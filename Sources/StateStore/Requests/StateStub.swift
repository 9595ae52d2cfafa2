extension StateEnvelope {
    /// Reads the properties of a PUBLISH that was checked.
    package static func parse(_ bytes: Span<UInt8>, properties: Range<Int>) -> StateEnvelope { StateEnvelope() }
}

extension StateRequest {
    /// Reads the payload of a request; `offersExtension` false makes our verbs and options `unknown command` / `syntax error`.
    package static func parse(
        _ bytes: Span<UInt8>,
        in payload: Range<Int>,
        envelope: StateEnvelope,
        offersExtension: Bool,
        limits: StateLimits = .default
    ) throws(StateError) -> StateRequest { throw .syntax }
}

/// Writers of answers: bytes appended to an array.
package enum StateAnswer {
    /// `+OK`
    package static func appendOK(to out: inout [UInt8]) {}
    /// `:n`
    package static func append(integer: Int64, to out: inout [UInt8]) {}
    /// `$n bytes`
    package static func append(bulk: Span<UInt8>, to out: inout [UInt8]) {}
    /// `$-1`
    package static func appendNull(to out: inout [UInt8]) {}
    /// `*n`
    package static func append(arrayOf count: Int, to out: inout [UInt8]) {}
    /// `-ERR text`
    package static func append(_ error: StateError, to out: inout [UInt8]) {}
    /// The payload of the answer to a refused write; returns the version for `__ts`.
    package static func append(_ refusal: StateRefusal, to out: inout [UInt8]) -> StateVersion? { nil }
    /// The payload of the answer to a write that was done.
    package static func append(_ change: StateChange, to out: inout [UInt8]) {}
    /// The property section (without its length) of an answer's PUBLISH: content type, correlation data, `__stat`, `__protVer`, `__ts`.
    package static func appendProperties(
        version: StateVersion?,
        correlation: Span<UInt8>,
        to out: inout [UInt8]
    ) {}
}

/// What a client that watches a key is told (state store §1.7).
package enum StateNotification: Hashable, Sendable {
    /// The key has this value now.
    case set([UInt8])
    /// The key was removed, or its time was over.
    case delete
    package static func append(set value: Span<UInt8>, to out: inout [UInt8]) {}
    package static func appendDelete(to out: inout [UInt8]) {}
    package static func parse(_ payload: Span<UInt8>) -> StateNotification? { nil }
    /// Appends the topic on which a client is told of a key.
    package static func appendTopic(client: Span<UInt8>, key: Span<UInt8>, to out: inout [UInt8]) {}
    /// The key of such a topic; nil if it is none of this client.
    package static func key(ofTopic topic: Span<UInt8>, client: Span<UInt8>) -> [UInt8]? { nil }
    /// The property section (without its length): content type and `__ts`.
    package static func appendProperties(version: StateVersion, to out: inout [UInt8]) {}
}

/// What a session that watches a prefix is told (extension): payload of `$martlet/v1/changed`.
package struct StateChanges: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var key: [UInt8]
        /// Nil: removed.
        package var version: StateVersion?
    }
    package var entries: [Entry] = []
    package static func appendHeader(count: Int, to out: inout [UInt8]) {}
    package static func append(key: Span<UInt8>, version: StateVersion?, to out: inout [UInt8]) {}
    package static func parse(_ payload: Span<UInt8>) -> StateChanges? { nil }
}

/// A key that a client knows a version of, for GETNEW.
package struct StateKnown: Hashable, Sendable {
    package var key: [UInt8]
    /// Nil: knows none.
    package var version: StateVersion?
    package init(key: [UInt8], version: StateVersion?) {
        self.key = key
        self.version = version
    }
}

/// A request as clients make it.
package enum StateCommand: Hashable, Sendable {
    package enum Condition: Hashable, Sendable {
        case always, absent, absentOrEqual, version(StateVersion), versionAbsent
    }
    case set(key: [UInt8], value: [UInt8], condition: Condition = .always, lifetime: Int64? = nil)
    case get(key: [UInt8])
    case delete(key: [UInt8], condition: Condition = .always)
    case deleteIfEqual(key: [UInt8], value: [UInt8])
    case watch(key: [UInt8])
    case unwatch(key: [UInt8])
    case getMany(keys: [[UInt8]])
    case getNew([StateKnown])
    case scan(prefix: [UInt8], cursor: [UInt8], count: Int, wantsValues: Bool, since: StateVersion?)
    case watchPrefix([UInt8])
    case unwatchPrefix([UInt8])
    package var payload: [UInt8] { [] }
}

/// An answer as clients read it; nested arrays are bounded in depth and number.
package enum RESPValue: Hashable, Sendable {
    case simple([UInt8])
    /// The text after `-`, e.g. `ERR syntax error`.
    case error(String)
    case integer(Int64)
    case bulk([UInt8])
    case null
    case array([RESPValue])
    /// Throws `.syntax` for anything malformed, and for bytes behind the value.
    package static func parse(_ payload: Span<UInt8>) throws(StateError) -> RESPValue { throw .syntax }
}

/// A page of a SCAN as clients read it.
package struct StatePage: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var key: [UInt8]
        package var version: StateVersion
        /// Nil if values were not wanted.
        package var value: [UInt8]?
    }
    /// Empty: this was the last page.
    package var cursor: [UInt8]
    package var entries: [Entry]
    package init?(_ answer: RESPValue) { return nil }
}

/// One key's part of the answer to GETMANY or GETNEW.
package enum StateLookup: Hashable, Sendable {
    case value([UInt8], StateVersion)
    case unchanged
    case absent
    package static func all(_ answer: RESPValue) -> [StateLookup]? { nil }
}
