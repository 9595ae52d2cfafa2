/// Measures how long the group needs to take over from a killed replica.
///
/// The takeover of a kill ends when every message that the dead process had in its hands (begun and not finished) was handled to its
/// end by another process; had it none, when another process finishes its next message. Kills of the broker that fall into that time
/// are not taken out. A kill whose takeover the run did not see the end of has none.
struct TakeoverTimes: Sendable {
    /// A process of a replica; a restarted replica is another one.
    typealias Process = Int

    private var kills: [OpenKill] = []
    private(set) var finished: [Duration] = []
    /// When each message was last handled to its end, and by whom.
    private var handled: [Int: (process: Process, at: Duration)] = [:]
    private let horizon: Duration

    private struct OpenKill {
        var process: Process
        var at: Duration
        /// What the dead process had in its hands and nobody has handled yet; `nil` until the last word of the process was read.
        var inHand: Set<Int>?
        var hadMessages = false
        var lastHandled: Duration?
        var nextOfGroup: Duration?
    }

    /// - Parameter horizon: For how long after a message was handled its time is remembered: longer than the last words of a killed process take.
    init(horizon: Duration = .seconds(30)) {
        self.horizon = horizon
    }

    /// The process was killed.
    mutating func killed(_ process: Process, at time: Duration) {
        kills.append(OpenKill(process: process, at: time))
    }

    /// All that the killed process said was read, and these messages it had begun and not finished.
    mutating func lastWords(of process: Process, inHand: Set<Int>) {
        guard let index = kills.firstIndex(where: { $0.process == process && $0.inHand == nil }) else { return }
        var kill = kills[index]
        kill.inHand = inHand
        kill.hadMessages = !inHand.isEmpty
        for message in inHand {
            guard let last = handled[message], last.process != process, last.at >= kill.at else { continue }
            kill.inHand?.remove(message)
            kill.lastHandled = max(kill.lastHandled ?? last.at, last.at)
        }
        kills[index] = kill
        closeIfOver(index)
    }

    /// The process handled the message to its end.
    mutating func handled(_ message: Int, by process: Process, at time: Duration) {
        handled[message] = (process, time)
        for index in kills.indices.reversed() where kills[index].process != process && kills[index].at <= time {
            if kills[index].nextOfGroup.map({ time < $0 }) ?? true { kills[index].nextOfGroup = time }
            if kills[index].inHand?.remove(message) != nil {
                kills[index].lastHandled = max(kills[index].lastHandled ?? time, time)
            }
            closeIfOver(index)
        }
        if handled.count > 65_536 { handled = handled.filter { $0.value.at + horizon >= time } }
    }

    private mutating func closeIfOver(_ index: Int) {
        let kill = kills[index]
        guard let inHand = kill.inHand, inHand.isEmpty else { return }
        guard let end = kill.hadMessages ? kill.lastHandled : kill.nextOfGroup else { return }
        finished.append(end - kill.at)
        kills.remove(at: index)
    }
}
