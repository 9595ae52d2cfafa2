import Testing

@testable import BrokerEngine

extension EngineHarness {
    /// Records an issue for every invariant of the engine that does not hold.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        for broken in engine.brokenInvariants() {
            Issue.record("\(broken)", sourceLocation: sourceLocation)
        }
    }
}
