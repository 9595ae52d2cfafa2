@testable import BrokerEngine

/// What an operator asks and does.
extension EngineHarness {
    func session(_ client: String) -> InspectedSession? { engine.inspectSession(of: Array(client.utf8)) }

    func group(_ name: String) -> InspectedGroup? { engine.inspectGroup(named: Array(name.utf8)) }

    func retained(_ topic: String) -> InspectedRetained? { engine.inspectRetained(at: Array(topic.utf8)) }

    /// Sends a client away, in a turn of its own.
    func kick(_ client: String, endsSession: Bool) -> KickOutcome? {
        defer { turn() }
        return engine.kick(Array(client.utf8), endsSession: endsSession, at: now)
    }

    func beginPurge(_ target: Purge.Target) -> Purge? { engine.beginPurge(target) }

    /// Purges in turns, as the shell does.
    func purge(_ target: Purge.Target) -> Purge? {
        guard var purge = engine.beginPurge(target) else { return nil }
        while !purge.isDone {
            engine.purge(&purge, at: now)
            turn()
        }
        return purge
    }
}
