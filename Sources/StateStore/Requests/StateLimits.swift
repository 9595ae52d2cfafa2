/// The bounds of one request, and of one answer.
package struct StateLimits: Hashable, Sendable {
    /// How many keys a GETMANY or GETNEW may name.
    package var keysPerRequest = 1_024
    /// How many keys a page of a SCAN may have; a request for more gets this many.
    package var keysPerPage = 1_024
    /// How many keys a page of a SCAN looks at.
    package var stepsPerPage = 16_384
    /// How many bytes a page of a SCAN has before it ends, and the answer of a GETMANY or GETNEW at most.
    package var answerBytes = 512 << 10
    /// How many commits a request may have.
    package var commitsPerRequest = 256
    /// How many operations a commit may have.
    package var operationsPerCommit = 256
    /// How many user properties a PUBLISH of a commit may have.
    package var userPropertiesPerPublish = 64

    /// Makes the bounds with their defaults.
    package init() {}

    /// The bounds with their defaults.
    package static let `default` = StateLimits()
}
