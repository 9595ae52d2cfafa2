import Dispatch
import Foundation
import Journal
import Synchronization

/// The journal's thread: the only one that writes.
///
/// It is a thread and no task, because it spends its life waiting for the disk, and no other work may wait behind that.
final class JournalThread: Sendable {
    typealias AppendResult = Result<JournalDatabase.Space, JournalError>
    typealias ReadResult = Result<JournalPage, JournalError>

    private let inbox = Mutex(Inbox())
    private let arrived = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let waitingReads: Int

    init(waitingReads: Int) { self.waitingReads = waitingReads }

    /// Starts the thread and waits until it has opened the database.
    func start(_ open: @escaping @Sendable () throws(JournalError) -> JournalDatabase) throws(JournalError) {
        let opened = DispatchSemaphore(value: 0)
        let failure = Failure()
        let thread = Thread {
            self.run(opening: open) { error in
                failure.error.withLock { $0 = error }
                opened.signal()
            }
        }
        thread.name = "martlet-journal"
        inbox.withLock { $0.isRunning = true }
        thread.start()
        opened.wait()
        if let error = failure.error.withLock({ $0 }) {
            inbox.withLock { $0.isRunning = false }
            throw error
        }
    }

    func append(
        _ pages: [JournalPage],
        dropBelow: UInt64,
        completion: @escaping @Sendable (AppendResult) -> Void
    ) {
        put(.append(pages, dropBelow: dropBelow, completion))
    }

    func read(_ number: UInt64, completion: @escaping @Sendable (ReadResult) -> Void) {
        let isFull = inbox.withLock { inbox in
            inbox.reads += 1
            return inbox.reads > waitingReads
        }
        guard !isFull else {
            inbox.withLock { $0.reads -= 1 }
            return completion(.failure(JournalError(.busy, "\(waitingReads) reads are waiting already.")))
        }
        put(.read(number, completion))
    }

    /// Finishes all that waits, closes the database and waits for the thread's end.
    func stop() {
        guard inbox.withLock({ $0.isRunning }) else { return }
        put(.stop)
        ended.wait()
        inbox.withLock { $0.isRunning = false }
    }

    private func put(_ work: Work) {
        inbox.withLock { $0.work.append(work) }
        arrived.signal()
    }

    private func take() -> Work {
        arrived.wait()
        return inbox.withLock { $0.work.removeFirst() }
    }

    private func run(
        opening open: @Sendable () throws(JournalError) -> JournalDatabase,
        opened: (JournalError?) -> Void
    ) {
        defer { ended.signal() }
        let database: JournalDatabase
        do throws(JournalError) {
            database = try open()
        } catch {
            return opened(error)
        }
        opened(nil)
        while true {
            switch take() {
            case .append(let pages, let dropBelow, let completion):
                completion(database.append(pages, dropBelow: dropBelow))
                // After the answer: whoever waits for it need not wait for this.
                database.tidy()
            case .read(let number, let completion):
                inbox.withLock { $0.reads -= 1 }
                completion(database.read(number))
            case .stop:
                return database.close()
            }
        }
    }
}

extension JournalThread {
    private enum Work {
        case append([JournalPage], dropBelow: UInt64, @Sendable (AppendResult) -> Void)
        case read(UInt64, @Sendable (ReadResult) -> Void)
        case stop
    }

    /// What waits for the thread: at most one append, ``SQLiteJournalOptions/Bounds/waitingReads`` reads, and the stop.
    private struct Inbox {
        var work: [Work] = []
        var reads = 0
        var isRunning = false
    }

    private final class Failure: Sendable {
        let error = Mutex<JournalError?>(nil)
    }
}
