extension InMemoryJournal {
    /// What an ``InMemoryJournal`` holds.
    struct State {
        /// A page as it is stored, with the damage that a test did to it.
        struct Stored {
            var page: JournalPage
            var damage: DamagedPage?

            init(_ page: JournalPage) { self.page = page }
        }

        /// An append that was begun.
        struct Append {
            var pages: [JournalPage]
            var dropBelow: UInt64
            var completion: @Sendable (JournalError?) -> Void
        }

        static let closedError = JournalError(.closed, "The journal is closed.")

        var pages: [Stored]
        var capacity: Int
        var droppedBelow: UInt64 = 0
        var pendingDrop: UInt64 = 0
        var lastNumber: UInt64 = 0
        var bytes = 0
        var isHolding = false
        var held: Append?
        var nextFailure: JournalError?
        var isFenced = false
        var isRecovered = false
        var isClosed = false

        init(pages: [Stored], capacity: Int) {
            self.pages = pages
            self.capacity = capacity
            lastNumber = pages.last?.page.number ?? 0
            bytes = pages.reduce(0) { $0 + $1.page.bytes.count }
        }

        /// What a restart finds of a journal that died.
        init(restarting dead: State) {
            self.init(pages: dead.pages, capacity: dead.capacity)
            droppedBelow = dead.droppedBelow
            lastNumber = dead.lastNumber
        }

        mutating func beginRecovery() throws(JournalError) {
            if isClosed { throw Self.closedError }
            if isRecovered { throw JournalError(.misuse, "The journal was recovered already.") }
            isRecovered = true
        }

        /// Why an append cannot be begun, or `nil`.
        mutating func refusal(of pages: [JournalPage]) -> JournalError? {
            if isClosed { return Self.closedError }
            if isFenced { return JournalError(.fenced, "Another broker owns this journal now.") }
            if !isRecovered { return JournalError(.misuse, "The journal must be recovered before the first append.") }
            if held != nil { return JournalError(.misuse, "An append is outstanding already.") }
            var last = lastNumber
            for page in pages {
                guard page.number > last else {
                    return JournalError(.misuse, "Page \(page.number) does not come after page \(last).")
                }
                last = page.number
            }
            if let failure = nextFailure {
                nextFailure = nil
                return failure
            }
            let added = pages.reduce(0) { $0 + $1.bytes.count }
            let freed = self.pages.prefix { $0.page.number < pendingDrop }.reduce(0) { $0 + $1.page.bytes.count }
            if added > 0, bytes - freed > capacity - added {
                return JournalError(.full, "The journal is full: \(bytes) of \(capacity) bytes are in use.")
            }
            return nil
        }

        /// Puts salvaged pages in the place of the damaged ones.
        mutating func forgetDamage() {
            for index in pages.indices where pages[index].damage != nil {
                pages[index] = Stored(pages[index].page.salvaged())
            }
        }

        mutating func apply(_ append: Append) {
            if append.dropBelow > droppedBelow {
                let dead = pages.prefix { $0.page.number < append.dropBelow }
                bytes -= dead.reduce(0) { $0 + $1.page.bytes.count }
                pages.removeFirst(dead.count)
                droppedBelow = append.dropBelow
            }
            for page in append.pages {
                pages.append(Stored(page))
                bytes += page.bytes.count
                lastNumber = page.number
            }
        }
    }
}
