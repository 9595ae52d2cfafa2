/// What a request says of itself in the properties of its PUBLISH (state store §1.2), where it lies.
package struct StateEnvelope: Hashable, Sendable {
    /// Where the response topic lies; nil if there is none.
    package var responseTopic: Range<Int>?
    /// Where the correlation data lies; nil if there is none.
    package var correlation: Range<Int>?
    /// The time of `__ts`, if there is one and it is well formed.
    package var timestamp: StateInstant?
    /// The version in `__ft`, if there is one and it is well formed.
    package var fencingToken: StateVersion?
    /// Whether `aio-persistence` is `true`.
    package var isPersistent = false
    /// Where the client identifier lies that `__srcId` tells; nil if there is none.
    package var source: Range<Int>?
    /// Whether a `__ts` or `__ft` is no version: the answer is ``StateError/malformedTimestamp``.
    package var isMalformed = false

    /// Makes an empty envelope.
    package init() {}
}
