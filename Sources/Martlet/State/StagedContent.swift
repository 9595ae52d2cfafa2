/// A value that a handler has set or read: its schema and its bytes.
struct StagedContent: Sendable, Equatable {
    /// Which form the payload has.
    var schema: Int
    /// The value as the key's codec wrote it.
    var payload: [UInt8]
    /// How long the value stays; `nil` for ever, and for one that was read.
    var expiresIn: Duration?
}
