import CrashPoints
import Glibc

@testable import MartletCommand

/// One broker and one replica at a time, of which one dies at a numbered point, again and again.
struct CrashPointLane {
    /// A count is at most so high: low enough that a hit comes soon, high enough that it comes in the midst of things.
    static let highestCount = 24
    /// So many readings are published at once.
    private static let batch = 8
    /// A point that was not come to after so many readings is not come to.
    private static let patience = 1_200

    let site: Site
    let bench: Bench

    /// Lets the process that comes to the point die there, and looks at what is left.
    ///
    /// - Parameters:
    ///   - arming: The point and the count.
    ///   - alone: For points of the broker: whether the replica outlives the broker. Otherwise it is killed in the same instant, so that
    ///     it can repair nothing.
    /// - Returns: Whether the point was hit, and what is neither before nor after.
    /// - Throws: What keeps processes or clients from working at all.
    func hit(_ arming: CrashPointArming, alone: Bool) async throws -> (isHit: Bool, findings: [String]) {
        switch arming.point.program {
        case .worker: try await hitWorker(arming)
        case .broker: try await hitBroker(arming, alone: alone)
        }
    }

    private func hitWorker(_ arming: CrashPointArming) async throws -> (isHit: Bool, findings: [String]) {
        let replica = try site.startReplica("replica", arming)
        try await work(replica) { replica.progress.value.ending != nil }
        let isHit = replica.wasKilled
        var findings: [String] = []
        if !isHit {
            if replica.progress.value.ending != nil {
                findings.append("the replica failed: \(site.log(of: "replica"))")
            }
            await replica.kill()
        }
        return (isHit, try await findings + bench.audit())
    }

    private func hitBroker(
        _ arming: CrashPointArming,
        alone: Bool
    ) async throws -> (isHit: Bool, findings: [String]) {
        await site.killBroker()
        let deaths = Watched<(isDead: Bool, victim: Running?)>((false, nil))
        let broker = try site.startBroker(arming) { [site] in
            deaths.update { deaths in
                deaths.isDead = true
                deaths.victim?.process.send(SIGKILL)
            }
            // A broker that was armed early may die before the last of it is gone; then it is tried again below.
            _ = try? site.startBroker()
        }
        let replica = try site.startReplica()
        if !alone {
            deaths.update { deaths in
                deaths.victim = replica
                if deaths.isDead { replica.process.send(SIGKILL) }
            }
        }
        try await work(replica) { deaths.value.isDead }
        let isHit = deaths.value.isDead
        var findings: [String] = []
        if alone || !isHit {
            let ending = await replica.terminate()
            if ending != .exited(0) { findings.append("the replica did not drain: \(String(describing: ending))") }
        } else {
            await replica.kill()
        }
        if !isHit { await broker.kill() }
        return (isHit, try await findings + bench.audit())
    }

    /// Gives the replica readings until the condition holds.
    private func work(_ replica: Running, until isOver: () -> Bool) async throws {
        var asked = 0
        while !isOver(), asked < Self.patience {
            asked += Self.batch
            try await bench.publish(Self.batch)
            let goal = asked
            await replica.progress.wait { $0.finished >= goal || $0.ending != nil }
            if replica.progress.value.ending != nil { return }
        }
    }
}
