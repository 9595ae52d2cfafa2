import Foundation

@testable import MartletCommand

/// A process of a site, and what is known of it.
struct Running: Sendable {
    struct Progress: Sendable {
        /// Handlings that a replica began, and that it ran to their end.
        var started = 0
        var finished = 0
        /// What else it said.
        var lines: [String] = []
        /// How it ended, when it has.
        var ending: ChildProcess.Ending?
    }

    let process: ChildProcess
    let progress: Watched<Progress>

    /// Whether it died by the signal that no handler can hold off.
    var wasKilled: Bool { progress.value.ending == .killed(signal: SIGKILL) }

    /// Waits for its end.
    func ended() async -> ChildProcess.Ending? {
        await progress.wait { $0.ending != nil }
        return progress.value.ending
    }

    /// Kills it with -9 and waits for its end.
    func kill() async {
        process.send(SIGKILL)
        _ = await ended()
    }

    /// Asks it to end and waits for its end.
    func terminate() async -> ChildProcess.Ending? {
        process.send(SIGTERM)
        return await ended()
    }
}
