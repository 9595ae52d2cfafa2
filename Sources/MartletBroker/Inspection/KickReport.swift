/// What became of a client that an operator sent away.
package struct KickReport: Codable, Sendable, Equatable {
    /// Whether it was connected.
    package var wasConnected: Bool
    /// Whether its session is gone, with everything that waited for it.
    package var isSessionEnded: Bool
}
