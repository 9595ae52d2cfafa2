/// Something that a run of the simulation found to be wrong.
struct LeaseSimulationFailure: Error, CustomStringConvertible {
    var message: String
    /// What happened before.
    var events: ArraySlice<String>

    var description: String { "\(self.message)\n\(self.events.joined(separator: "\n"))" }
}
