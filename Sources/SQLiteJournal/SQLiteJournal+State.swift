import Journal

extension SQLiteJournal {
    /// Where a ``SQLiteJournal`` stands, and what it has promised.
    struct State {
        /// Next states: opened → ready, failed, closed; ready → failed, closed; failed → closed.
        enum Phase {
            case opened
            case recovering
            case ready
            /// No append is taken any more; pages can still be read.
            case failed(JournalError)
            case closed
        }

        var phase = Phase.opened
        var last: UInt64 = 0
        var droppedBelow: UInt64 = 0
        var pendingDrop: UInt64 = 0
        var isAppending = false
        var bytesLeft: UInt64?

        static let closed = JournalError(.closed, "The journal is closed.")

        mutating func beginRecovery() throws(JournalError) {
            switch phase {
            case .opened: phase = .recovering
            case .closed: throw Self.closed
            case .recovering, .ready, .failed: throw JournalError(.misuse, "The journal was recovered already.")
            }
        }

        mutating func recovered(_ newest: ConfirmedMark.Value) {
            last = newest.number
            droppedBelow = newest.droppedBelow
            if case .recovering = phase { phase = .ready }
        }

        /// Accepts an append, and says which pages go with it.
        mutating func beginAppend(_ pages: [JournalPage]) -> Result<UInt64, JournalError> {
            switch phase {
            case .opened, .recovering:
                return .failure(JournalError(.misuse, "The journal must be recovered before the first append."))
            case .failed(let error): return .failure(error)
            case .closed: return .failure(Self.closed)
            case .ready: break
            }
            if isAppending { return .failure(JournalError(.misuse, "An append is outstanding already.")) }
            var previous = last
            for page in pages {
                // SQLite's row numbers have a sign.
                guard page.number > previous, page.number <= UInt64(Int64.max) else {
                    return .failure(JournalError(.misuse, "Page \(page.number) does not come after page \(previous)."))
                }
                previous = page.number
            }
            isAppending = true
            return .success(max(pendingDrop, droppedBelow))
        }

        mutating func endAppend(
            _ pages: [JournalPage],
            dropBelow: UInt64,
            _ result: Result<JournalDatabase.Space, JournalError>
        ) {
            isAppending = false
            switch result {
            case .success(let space):
                last = pages.last?.number ?? last
                droppedBelow = dropBelow
                bytesLeft = space.bytesLeft
            case .failure(let error):
                if error.code.isFinal, case .ready = phase { phase = .failed(error) }
            }
        }

        func refusalOfRead(_ number: UInt64) -> JournalError? {
            switch phase {
            case .opened, .recovering: JournalError(.misuse, "The journal must be recovered before the first read.")
            case .closed: Self.closed
            case .ready, .failed:
                number < droppedBelow ? JournalError(.notFound, "Page \(number) was dropped.") : nil
            }
        }

        mutating func close() -> Bool {
            if case .closed = phase { return false }
            phase = .closed
            return true
        }
    }
}
