/// What an operator took away; durable when it is told.
package struct PurgeReport: Codable, Sendable, Equatable {
    package var purged: Int
    /// Bytes of the messages, with their topics and properties.
    package var bytes: Int
}
