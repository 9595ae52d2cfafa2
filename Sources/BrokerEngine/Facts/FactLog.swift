import Journal

/// The engine's side of the journal: the page being written, and how much of each older page is alive.
///
/// Pages are only ever dropped from the front. So a fact that says "this is done" is always on a later page than what it is
/// about, and can go when it comes to the front itself. A front page that still has live facts is copied to the tail.
struct FactLog {
    /// Whether new durable messages are taken.
    enum Health: Equatable {
        case good
        /// No space (or too little is left): new durable messages are refused.
        case full
        /// The journal is lost to us: nothing may be answered any more.
        case lost
    }

    let isOn: Bool
    var writer = PageWriter()
    /// The number of the page being written.
    var open: UInt64 = 1
    /// The newest durable page.
    var durable: UInt64 = 0
    /// Pages that were handed out and are not durable yet.
    var outstanding: UInt64 = 0
    var health = Health.good
    /// A page that could not be appended and is tried again, without the messages that were refused.
    var retry: JournalPage?

    /// The second that the open page says its next messages arrived in; 0 for none.
    var arrived: UInt32 = 0

    /// Whether facts go into the record of a commit, as its parts.
    private(set) var isInCommit = false

    /// The pages that are not dropped yet; the open one is the last.
    private(set) var pages: [FactPage] = []
    private var front = 0
    private(set) var firstPage: UInt64 = 1
    /// Bytes of all pages.
    private(set) var totalBytes = 0
    /// Bytes of the records of the facts that are alive.
    private(set) var liveBytes = 0
    /// Pages below this one may be dropped.
    private(set) var dropBelow: UInt64 = 0

    /// Messages copied to the tail, on pages that are not durable yet, in order.
    var moves: [FactMove] = []
    /// Retained messages replaced on pages that are not durable yet, in order.
    var replaced: [RetainedReplacement] = []
    /// The old page being copied to the tail.
    var cleaning: FactCleaning?
    /// No cleaning before this moment, because a page could not be read back.
    var cleaningPausedUntil = EngineTime(milliseconds: 0)
    /// The page whose bytes the shell shall read back.
    var wantsPage: UInt64?

    init(isOn: Bool) { self.isOn = isOn }

    // MARK: Writing

    /// Begins a record, or a part of the commit that is open.
    @inline(__always)
    mutating func begin(_ kind: FactKind) {
        if isInCommit {
            writer.beginPart(kind: kind.rawValue, version: kind.version)
        } else {
            writer.beginRecord(kind: kind.rawValue, version: kind.version)
        }
    }

    /// Ends the record, or the part.
    @inline(__always)
    mutating func end() {
        if isInCommit { writer.endPart() } else { writer.endRecord() }
    }

    /// Begins the record of a commit: what is written up to ``endCommit()`` is true together.
    mutating func beginCommit() {
        begin(.committed)
        isInCommit = true
    }

    mutating func endCommit() {
        isInCommit = false
        end()
    }

    // MARK: Pages

    /// Whether a new durable message may be taken.
    var takesMessages: Bool { health == .good }

    private func index(_ page: UInt64) -> Int { front + Int(page - firstPage) }

    subscript(page: UInt64) -> FactPage {
        get { pages[index(page)] }
        _modify { yield &pages[index(page)] }
    }

    func holds(_ page: UInt64) -> Bool { page >= firstPage && index(page) < pages.count }

    /// Makes sure the page has its entry; used while reading back as well.
    mutating func ensure(_ page: UInt64) {
        if pages.count == front { firstPage = page }
        while index(page) >= pages.count { pages.append(FactPage()) }
    }

    /// A fact stands on a page and is alive there.
    @inline(__always)
    mutating func born(_ fact: FactPlace) {
        ensure(fact.page)
        pages[index(fact.page)].live += 1
        liveBytes += fact.bytes
    }

    /// A fact on a page is not needed any more.
    @inline(__always)
    mutating func died(_ fact: FactPlace) {
        liveBytes -= fact.bytes
        let at = index(fact.page)
        pages[at].live -= 1
        assert(pages[at].live >= 0, "a fact died twice")
        if pages[at].live == 0 { pages[at].deadSince = open }
    }

    /// Closes the open page and hands it out.
    mutating func take() -> JournalPage {
        ensure(open)
        let page = JournalPage(number: open, bytes: writer.take())
        pages[index(open)].bytes += page.bytes.count
        totalBytes += page.bytes.count
        if pages[index(open)].live == 0 { pages[index(open)].deadSince = open }
        outstanding = open
        open += 1
        arrived = 0
        return page
    }

    /// The bytes of a page that is tried again are fewer.
    mutating func shrink(_ page: UInt64, to bytes: Int) {
        totalBytes += bytes - pages[index(page)].bytes
        pages[index(page)].bytes = bytes
    }

    /// A page read back at the start.
    mutating func recovered(_ number: UInt64, bytes: Int) {
        ensure(number)
        pages[index(number)].bytes = bytes
        totalBytes += bytes
        open = number + 1
        durable = number
    }

    /// Frees dead pages at the front.
    mutating func trim() {
        while front < pages.count, firstPage < open, firstPage <= durable, pages[front].live == 0,
            pages[front].deadSince <= durable, cleaning?.page != firstPage
        {
            totalBytes -= pages[front].bytes
            pages[front] = FactPage()
            front += 1
            firstPage += 1
        }
        dropBelow = max(dropBelow, firstPage)
        if front > 4_096, front * 2 > pages.count {
            pages.removeFirst(front)
            front = 0
        }
    }
}
