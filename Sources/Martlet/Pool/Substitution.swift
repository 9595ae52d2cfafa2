/// What came of a look for threads that are held.
package struct Substitution: Sendable {
    /// The threads that have a substitute now and had none before.
    package var replaced: [HeldThread] = []
    /// How many held threads have none, because there are as many substitutes as there may be.
    package var refused = 0
}
