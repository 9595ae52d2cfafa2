import Synchronization

/// A journal that keeps its pages in memory: for tests and simulations.
///
/// By default an append is complete before ``append(_:completion:)`` returns, on the caller's thread. With
/// ``holdAppends()`` it stays outstanding until told. ``crash(outstanding:)`` gives the journal that a restart would find.
package final class InMemoryJournal: Journal {
    let state: Mutex<State>
    private let onDamage: DamagePolicy

    /// Makes a journal.
    ///
    /// - Parameters:
    ///   - pages: What it holds already, in ascending order of the numbers.
    ///   - capacity: How many bytes of pages it takes before it is full.
    ///   - onDamage: What recovery does with pages that a test has damaged.
    package init(pages: [JournalPage] = [], capacity: Int = .max, onDamage: DamagePolicy = .refuse) {
        state = Mutex(State(pages: pages.map(State.Stored.init), capacity: capacity))
        self.onDamage = onDamage
    }

    init(restarting dead: State, onDamage: DamagePolicy) {
        state = Mutex(State(restarting: dead))
        self.onDamage = onDamage
    }

    package func recover(_ page: (JournalPage) throws -> Void) throws -> RecoveryReport {
        let stored = try state.withLock { state throws(JournalError) in
            try state.beginRecovery()
            return state.pages
        }
        var report = RecoveryReport()
        report.firstPage = stored.first?.page.number
        state.withLock { state in
            report.droppedBelow = state.droppedBelow
            report.lastPage = state.lastNumber > 0 ? state.lastNumber : nil
        }
        for entry in stored {
            var found = entry.page
            if let damage = entry.damage {
                report.damaged.append(damage)
                found = found.salvaged()
            }
            guard report.isIntact || onDamage == .salvage else { continue }
            try page(found)
            report.pagesRead += 1
            report.bytesRead += found.bytes.count
        }
        guard report.isIntact || onDamage == .salvage else {
            throw JournalError(.damaged, "The journal is damaged: \(report)", report: report)
        }
        state.withLock { $0.forgetDamage() }
        return report
    }

    package func append(_ pages: [JournalPage], completion: @escaping @Sendable (JournalError?) -> Void) {
        let outcome = state.withLock { state -> Outcome in
            if let error = state.refusal(of: pages) { return .failed(error) }
            let append = State.Append(pages: pages, dropBelow: state.pendingDrop, completion: completion)
            if state.isHolding {
                state.held = append
                return .held
            }
            state.apply(append)
            return .done
        }
        switch outcome {
        case .held: break
        case .done: completion(nil)
        case .failed(let error): completion(error)
        }
    }

    package func drop(below number: UInt64) {
        state.withLock { $0.pendingDrop = max($0.pendingDrop, number) }
    }

    package func read(_ number: UInt64, completion: @escaping @Sendable (Result<JournalPage, JournalError>) -> Void) {
        completion(
            state.withLock { state in
                if state.isClosed { return .failure(State.closedError) }
                guard let entry = state.pages.first(where: { $0.page.number == number }) else {
                    return .failure(JournalError(.notFound, "There is no page \(number)."))
                }
                if let damage = entry.damage { return .failure(JournalError(.damaged, damage.description)) }
                return .success(entry.page)
            }
        )
    }

    package var freeBytes: UInt64? {
        state.withLock { $0.capacity == .max ? nil : UInt64(max(0, $0.capacity - $0.bytes)) }
    }

    package func close() {
        releaseAppends()
        state.withLock { $0.isClosed = true }
    }

    private enum Outcome {
        case done
        case held
        case failed(JournalError)
    }
}
