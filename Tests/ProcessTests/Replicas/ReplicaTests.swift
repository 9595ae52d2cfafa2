import Foundation
import Testing

@testable import MartletCommand

@Suite("Replicas as processes", .serialized, .timeLimit(.minutes(10)))
struct ReplicaTests {
    @Test("SIGTERM drains a replica: exit code 0, and all that it did not finish is handed back")
    func drained() async throws {
        try await Site.with { site in
            try site.startBroker()
            try await Bench.with(site) { bench in
                let replica = try site.startReplica("replica", work: 20)
                try await bench.publish(400)
                await replica.progress.wait { $0.finished >= 40 }
                #expect(await replica.terminate() == .exited(0), "\(site.log(of: "replica"))")
                // Whoever reads the log of a replica that was stopped finds nothing to worry about.
                #expect(site.wholeLog(of: "replica") == "")
                #expect(try await bench.audit() == [])
            }
        }
    }

    @Test("A drained replica and a killed one are both taken over at once")
    func takenOver() async throws {
        try await Site.with { site in
            try site.startBroker()
            try await Bench.with(site) { bench in
                let drained = try site.startReplica("drained", work: 10)
                let killed = try site.startReplica("killed", work: 10)
                let left = try site.startReplica("left", work: 10)
                try await bench.publish(600)
                for replica in [drained, killed] { await replica.progress.wait { $0.finished >= 20 } }
                #expect(await drained.terminate() == .exited(0))
                await killed.kill()
                let done = { drained.progress.value.finished + killed.progress.value.finished }
                await left.progress.wait { [goal = 600 - done()] in $0.finished >= goal }
                #expect(await left.terminate() == .exited(0))
                #expect(try await bench.audit() == [])
                // What the last one could not finish was handed back: a new one finishes it.
                let last = try site.startReplica("last")
                try await bench.publishTakenBack()
                await last.progress.wait { [goal = await bench.outstandingCount] in $0.finished >= goal }
                #expect(await last.terminate() == .exited(0))
                #expect(try await bench.audit() == [])
            }
        }
    }
}
