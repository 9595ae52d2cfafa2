package import NIOCore
import Synchronization

/// How the broker is, told by its event loop and judged by any other thread, without asking the loop.
package final class BrokerHealth: Sendable {
    /// Where the broker is in its life.
    package enum Phase: UInt8, Sendable {
        /// It was not started. Next: `recovering`.
        case idle
        /// It reads its journal, which may take as long as there is much of it. Next: `listening`, `stopped`.
        case recovering
        /// It takes connections. Next: `stopping`, `stopped`.
        case listening
        /// It tells its clients and writes what is left. Next: `stopped`.
        case stopping
        /// It is over.
        case stopped
    }

    /// How long the loop of the engine may be silent: it beats every 500 ms, so that a probe every few seconds notices within 10 s.
    package static let allowedSilence = TimeAmount.seconds(5)

    private let lastBeat = Atomic<UInt64>(0)
    private let currentPhase = Atomic<UInt8>(Phase.idle.rawValue)
    private let refusing = Atomic<Bool>(false)

    /// Where the broker is in its life.
    package var phase: Phase { Phase(rawValue: currentPhase.load(ordering: .acquiring)) ?? .idle }

    /// Whether new durable messages are refused because the journal is full.
    package var isRefusing: Bool { refusing.load(ordering: .relaxed) }

    /// The broker goes on to a phase; a stopped one stays so.
    func enter(_ phase: Phase) {
        beat()
        guard self.phase != .stopped else { return }
        currentPhase.store(phase.rawValue, ordering: .releasing)
    }

    /// The loop is alive.
    func beat(isRefusing: Bool? = nil) {
        lastBeat.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
        if let isRefusing { refusing.store(isRefusing, ordering: .relaxed) }
    }

    /// How long the loop has been silent.
    ///
    /// - Parameter now: The monotonic time.
    /// - Returns: The silence; zero before the first beat.
    package func silence(at now: NIODeadline = .now()) -> TimeAmount {
        let beat = lastBeat.load(ordering: .relaxed)
        guard beat > 0 else { return .zero }
        return max(.zero, now - .uptimeNanoseconds(beat))
    }

    /// Whether the process is of use, or had better be started anew: its loop turns.
    ///
    /// Reading the journal counts as turning.
    ///
    /// - Parameter now: The monotonic time.
    /// - Returns: False for a loop that was silent for longer than ``allowedSilence``, and for a broker that is over.
    package func isLive(at now: NIODeadline = .now()) -> Bool {
        switch phase {
        case .idle, .recovering: true
        case .listening, .stopping: silence(at: now) <= Self.allowedSilence
        case .stopped: false
        }
    }

    /// Whether it has begun to take connections, and is not over.
    package var isStarted: Bool { phase == .listening || phase == .stopping }

    /// Why clients should not be sent to it just now; nil when they should.
    ///
    /// - Parameter now: The monotonic time.
    /// - Returns: The reason, for people.
    package func obstacle(at now: NIODeadline = .now()) -> String? {
        switch phase {
        case .idle: "the broker was not started"
        case .recovering: "the journal is being read"
        case .listening where !isLive(at: now): "the engine does not turn"
        case .listening where isRefusing: "the journal is full: new durable messages are refused"
        case .listening: nil
        case .stopping: "the broker is stopping"
        case .stopped: "the broker was stopped"
        }
    }
}
