import BrokerEngine
import CrashPoints
import Journal
import Logging
import MQTTTransport
import NIOCore

/// Pages on their way to the journal and back.
extension BrokerShell {
    /// Hands the open page to the journal, when that is idle.
    func appendPage() {
        guard let journal else { return }
        if let wanted = engine.takeWantedPage() { readBack(wanted) }
        guard let page = engine.takePage() else {
            if engine.openPageBytes == 0, let settled = whenSettled, !engine.isPageOutstanding {
                whenSettled = nil
                settled()
            }
            return
        }
        append(page, to: journal)
    }

    private func append(_ page: JournalPage, to journal: any Journal) {
        journal.drop(below: engine.firstLivePage)
        // Safe because it is made on the loop, and only opened there.
        let here = NIOLoopBound(self, eventLoop: loop)
        journal.append([page]) { [loop] error in
            loop.execute { here.value.pageIsDone(page, error) }
        }
    }

    private func pageIsDone(_ page: JournalPage, _ error: JournalError?) {
        guard !isStopped else { return }
        if let error {
            pageFailed(page, error)
        } else {
            CrashPoint.beforeAnswer.reached()
            engine.pageIsDurable(page.number)
            pagesAreDurable()
            if reportedRefusing { checkSpace() }
        }
        turn()
        if error == nil { CrashPoint.afterAnswer.reached() }
        resumeReadingIfPossible()
    }

    private func pageFailed(_ page: JournalPage, _ error: JournalError) {
        let isFull = error.code == .full
        engine.pageFailed(page, isFull: isFull)
        guard isFull else {
            logger.critical("The journal failed; the broker stops", metadata: ["error": "\(error)"])
            stopNow()
            failed(BrokerError(.journal, "The journal failed: \(error.message)", cause: error))
            return
        }
        reportRefusing(true)
        // Safe because it is made on the loop, and only opened there.
        let here = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: limits.retryInterval) { here.value.retryPage() }
    }

    private func retryPage() {
        guard !isStopped, let journal, let page = engine.takeRetry() else { return }
        append(page, to: journal)
    }

    private func readBack(_ number: UInt64) {
        // Safe because it is made on the loop, and only opened there.
        let here = NIOLoopBound(self, eventLoop: loop)
        journal?.read(number) { [loop] result in
            loop.execute { here.value.pageWasRead(number, result) }
        }
    }

    private func pageWasRead(_ number: UInt64, _ result: Result<JournalPage, JournalError>) {
        guard !isStopped else { return }
        switch result {
        case .success(let page): engine.pageWasRead(page)
        case .failure(let error):
            logger.error("An old page could not be read back", metadata: ["page": "\(number)", "error": "\(error)"])
            engine.pageWasNotRead(number)
        }
        scheduleTurn()
    }

    /// Stops taking durable messages before the disk is really full.
    func checkSpace() {
        guard let free = journal?.freeBytes else { return }
        engine.setSpace(isEnough: free > limits.journalReserve)
        reportRefusing(engine.isRefusing)
    }

    private func reportRefusing(_ isRefusing: Bool) {
        guard isRefusing != reportedRefusing else { return }
        reportedRefusing = isRefusing
        health.beat(isRefusing: isRefusing)
        if isRefusing {
            logger.error("The journal has no space left: new messages are refused with 0x97 (quota exceeded)")
        } else {
            logger.notice("The journal has space again: new messages are taken")
        }
    }

    // MARK: The end

    /// Says good-bye to every client, and calls back when the last page is durable.
    func shutDown(_ done: @escaping () -> Void) {
        engine.shutDown(at: clock.now)
        whenSettled = done
        turn()
        if journal == nil, let settled = whenSettled {
            whenSettled = nil
            settled()
        }
    }

    /// Drops everything at once, as kill -9 would.
    func stopNow() {
        isStopped = true
        abandonWaiting()
        desk.stop()
        for connection in connections { connection?.abort() }
        connections = []
        whenSettled?()
        whenSettled = nil
    }
}
