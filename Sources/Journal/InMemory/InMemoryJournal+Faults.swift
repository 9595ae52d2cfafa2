import Synchronization

extension InMemoryJournal {
    /// What becomes of an append that was begun and not answered when the process dies.
    ///
    /// Both happen.
    package enum OutstandingAppend: Sendable, CaseIterable {
        /// It had not reached the disk.
        case lost

        /// It had reached the disk; only the answer did not go out.
        case durable
    }

    /// Holds appends back: they stay outstanding until ``releaseAppends()``.
    package func holdAppends() {
        state.withLock { $0.isHolding = true }
    }

    /// Whether an append is held back.
    package var hasHeldAppend: Bool {
        state.withLock { $0.held != nil }
    }

    /// Completes the append that is held back, and goes on holding.
    ///
    /// Does nothing if there is none.
    package func completeHeldAppend() {
        let append = state.withLock { state -> State.Append? in
            guard let append = state.held else { return nil }
            state.held = nil
            state.apply(append)
            return append
        }
        append?.completion(nil)
    }

    /// Completes the append that is held back with an error: nothing of it is kept.
    ///
    /// - Parameter error: What the append is answered with.
    package func failHeldAppend(with error: JournalError) {
        let append = state.withLock { state -> State.Append? in
            defer { state.held = nil }
            return state.held
        }
        append?.completion(error)
    }

    /// Completes the append that is held back, and holds no more.
    package func releaseAppends() {
        state.withLock { $0.isHolding = false }
        completeHeldAppend()
    }

    /// Makes the next append fail at once.
    ///
    /// - Parameter error: What the append is answered with.
    package func failNextAppend(with error: JournalError) {
        state.withLock { $0.nextFailure = error }
    }

    /// Sets how many bytes of pages the journal takes before it is full.
    ///
    /// - Parameter capacity: The number of bytes; `Int.max` for no limit.
    package func setCapacity(_ capacity: Int) {
        state.withLock { $0.capacity = capacity }
    }

    /// Gives the journal to another broker: every later append is refused with ``JournalError/Code/fenced``.
    package func fence() {
        state.withLock { $0.isFenced = true }
    }

    /// Dies as a process does: nobody is answered any more.
    ///
    /// - Parameters:
    ///   - outstanding: What becomes of an append that is held back.
    ///   - onDamage: What the new journal does with pages that a test has damaged.
    /// - Returns: The journal that a restart finds.
    package func crash(outstanding: OutstandingAppend = .lost, onDamage: DamagePolicy = .refuse) -> InMemoryJournal {
        state.withLock { state in
            if let append = state.held, outstanding == .durable { state.apply(append) }
            state.held = nil
            state.isClosed = true
            return InMemoryJournal(restarting: state, onDamage: onDamage)
        }
    }

    /// Flips the bits of one stored byte, as a failing disk does.
    ///
    /// Recovery will report it.
    ///
    /// - Parameters:
    ///   - number: The page's number.
    ///   - offset: Which byte of the page.
    package func damage(page number: UInt64, at offset: Int) {
        state.withLock { state in
            guard let index = state.pages.firstIndex(where: { $0.page.number == number }) else { return }
            let written = PageReader.countRecords(state.pages[index].page.bytes)
            state.pages[index].page.bytes[offset] ^= 0xFF
            state.pages[index].damage = DamagedPage(
                inspecting: state.pages[index].page,
                recordsWritten: written,
                reason: "a byte was flipped by a test"
            )
        }
    }

    /// The numbers of the pages that are stored, in order.
    package var pageNumbers: [UInt64] {
        state.withLock { $0.pages.map(\.page.number) }
    }

    /// How many bytes of pages are stored.
    package var storedBytes: Int {
        state.withLock { $0.bytes }
    }
}
