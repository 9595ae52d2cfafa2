import Journal
import Synchronization

/// A journal in memory that outlives the broker that writes it, and lets that broker die at a chosen append.
final class CrashableJournal: Journal {
    private struct State {
        var armed: BrokerCrashPoint?
        var isDead = false
        var reached: [CheckedContinuation<Void, Never>] = []
    }

    private let inner: InMemoryJournal
    private let state = Mutex(State())

    init(_ inner: InMemoryJournal) { self.inner = inner }

    /// Dies at the next append.
    func arm(_ point: BrokerCrashPoint) {
        state.withLock { $0.armed = point }
    }

    /// Waits until the armed append came.
    func reached() async {
        await withCheckedContinuation { continuation in
            let isDead = state.withLock { state in
                if !state.isDead { state.reached.append(continuation) }
                return state.isDead
            }
            if isDead { continuation.resume() }
        }
    }

    /// What a restart finds.
    func restart() -> CrashableJournal {
        state.withLock { $0.isDead = true }
        return CrashableJournal(inner.crash())
    }

    func recover(_ page: (JournalPage) throws -> Void) throws -> RecoveryReport { try inner.recover(page) }

    func append(_ pages: [JournalPage], completion: @escaping @Sendable (JournalError?) -> Void) {
        let armed = state.withLock { state in
            if state.isDead { return BrokerCrashPoint.beforePageIsDurable }
            return state.armed.take() ?? .now
        }
        switch armed {
        case .now: inner.append(pages, completion: completion)
        case .beforePageIsDurable: die()
        case .afterPageIsDurable: inner.append(pages) { [self] _ in die() }
        }
    }

    private func die() {
        let reached = state.withLock { state in
            state.isDead = true
            defer { state.reached = [] }
            return state.reached
        }
        for one in reached { one.resume() }
    }

    func drop(below number: UInt64) {
        if !state.withLock({ $0.isDead }) { inner.drop(below: number) }
    }

    func read(_ number: UInt64, completion: @escaping @Sendable (Result<JournalPage, JournalError>) -> Void) {
        inner.read(number, completion: completion)
    }

    var freeBytes: UInt64? { inner.freeBytes }

    /// The broker closes it, the next one goes on with it.
    func close() {}
}
