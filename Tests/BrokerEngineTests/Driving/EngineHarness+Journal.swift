import BrokerEngine
import Journal

/// The journal's side of the shell.
extension EngineHarness {
    /// Bytes of the durable pages.
    var storedBytes: Int { pages.reduce(0) { $0 + $1.bytes.count } }

    /// Whether the engine refuses new durable messages.
    var isRefusing: Bool { engine.isRefusing }

    /// Takes the page of the turn, if there is one and none is on its way.
    func appendPage() {
        guard outstanding == nil, let page = engine.takePage() else { return }
        pageTaken(page.number)
        begin(page)
    }

    /// Tries the page again that did not fit.
    func retryPage() {
        guard outstanding == nil, let page = engine.takeRetry() else { return }
        begin(page)
    }

    private func begin(_ page: JournalPage) {
        outstanding = page
        dropBelow = max(dropBelow, engine.firstLivePage)
        if !holdsPages { completePage() }
    }

    /// The page on its way becomes durable, or fails when there is no room for it.
    func completePage() {
        guard let page = outstanding else { return }
        let freed = pages.prefix { $0.number < dropBelow }.reduce(0) { $0 + $1.bytes.count }
        guard storedBytes - freed + page.bytes.count <= capacity else {
            failPage(isFull: true)
            return
        }
        storeOutstanding()
        engine.pageIsDurable(page.number)
        flush()
    }

    /// Puts the page on its way among the durable ones, without telling the engine.
    func storeOutstanding() {
        guard let page = outstanding else { return }
        outstanding = nil
        pages.removeAll { $0.number < dropBelow }
        pages.append(page)
    }

    /// The page on its way could not be stored.
    func failPage(isFull: Bool) {
        guard let page = outstanding else { return }
        outstanding = nil
        pageFailing(page.number)
        engine.pageFailed(page, isFull: isFull)
        flush()
    }

    /// Completes pages until nothing is on its way, and goes on holding them as before.
    func settle() {
        turn()
        while outstanding != nil {
            completePage()
            turn()
        }
    }

    /// Reads the page back that the engine wants.
    func readPage() {
        if let wanted = engine.takeWantedPage() { wantedPage = wanted }
        if !holdsReads { completeRead() }
    }

    /// The page being read back is there, or cannot be read.
    func completeRead(succeeding: Bool = true) {
        guard let wanted = wantedPage else { return }
        wantedPage = nil
        if succeeding, let page = pages.first(where: { $0.number == wanted }) {
            engine.pageWasRead(page)
        } else {
            engine.pageWasNotRead(wanted)
        }
    }
}
