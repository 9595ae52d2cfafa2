package import NIOCore

/// The bounds of what an operator asks.
package enum InspectionDeadline {
    /// How long an answer may take before the engine counts as unreachable.
    package static let question = TimeAmount.seconds(5)
    /// How long an action may take until it is durable.
    package static let action = TimeAmount.seconds(30)
}
