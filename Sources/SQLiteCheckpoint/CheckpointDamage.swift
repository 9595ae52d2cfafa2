/// A checkpoint that was found to be damaged, and was set aside.
package struct CheckpointDamage: Sendable {
    /// What was found.
    package var reason: String
    /// Where the damaged file is now.
    package var path: String
}
