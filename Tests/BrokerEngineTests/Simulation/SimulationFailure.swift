/// Something a run of the simulation found to be wrong.
struct SimulationFailure: Error, CustomStringConvertible {
    var seed: UInt64
    var step: Int
    var message: String
    /// What happened before.
    var events: [String]

    var description: String {
        """
        \(message)
        at step \(step) of seed \(seed); replay: MARTLET_SEED=\(seed) swift test --filter Simulation
        \(events.joined(separator: "\n"))
        """
    }
}
