import DequeModule
import Synchronization

/// A bounded line of elements from the event loop to the tasks that take them.
///
/// Whoever waits longest gets the next element. What may be dropped is dropped past its limit and counted; what may
/// not be dropped is bounded by whoever offers it (deliveries: by the Receive Maximum).
final class Handoff<Element: Sendable>: Sendable {
    /// Which element gives way when too many droppable ones wait.
    enum Overflow: Sendable {
        case dropOldest, dropNewest
    }

    private struct Waiter {
        var number: UInt64
        var continuation: CheckedContinuation<Element?, Never>
    }

    private struct State {
        var elements: Deque<Element> = []
        var waiters: Deque<Waiter> = []
        var nextNumber: UInt64 = 0
        var droppable = 0
        var dropped = 0
        var isFinished = false
    }

    private let state = Mutex(State())
    private let maximumDroppable: Int
    private let overflow: Overflow
    private let isDroppable: @Sendable (Element) -> Bool

    init(
        maximumDroppable: Int,
        overflow: Overflow,
        isDroppable: @escaping @Sendable (Element) -> Bool
    ) {
        self.maximumDroppable = maximumDroppable
        self.overflow = overflow
        self.isDroppable = isDroppable
    }

    /// How many elements were dropped so far.
    var dropped: Int { self.state.withLock { $0.dropped } }

    /// How many elements wait to be taken.
    var count: Int { self.state.withLock { $0.elements.count } }

    /// Adds elements at the end and wakes those who wait for them.
    ///
    /// - Parameter batch: The elements, oldest first.
    /// - Returns: How many elements had to be dropped.
    @discardableResult
    func offer(_ batch: some Sequence<Element>) -> Int {
        var woken: [(Waiter, Element)] = []
        let dropped = self.state.withLock { state in
            if state.isFinished { return 0 }
            var dropped = 0
            for element in batch {
                if state.elements.isEmpty, let waiter = state.waiters.popFirst() {
                    woken.append((waiter, element))
                } else {
                    dropped += self.append(element, to: &state)
                }
            }
            state.dropped += dropped
            return dropped
        }
        for (waiter, element) in woken {
            waiter.continuation.resume(returning: element)
        }
        return dropped
    }

    private func append(_ element: Element, to state: inout State) -> Int {
        guard self.isDroppable(element) else {
            state.elements.append(element)
            return 0
        }
        if state.droppable < self.maximumDroppable {
            state.elements.append(element)
            state.droppable += 1
            return 0
        }
        if self.overflow == .dropOldest, let oldest = state.elements.firstIndex(where: self.isDroppable) {
            state.elements.remove(at: oldest)
            state.elements.append(element)
        }
        return 1
    }

    /// Takes the oldest element, waiting for it.
    ///
    /// - Returns: The element, or `nil` at the end or when the task is cancelled.
    func next() async -> Element? {
        let number = self.state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.take(Waiter(number: number, continuation: continuation))
            }
        } onCancel: {
            self.cancel(number)
        }
    }

    private func take(_ waiter: Waiter) {
        let (isSettled, element) = self.state.withLock { state -> (Bool, Element?) in
            if let element = state.elements.popFirst() {
                if self.isDroppable(element) { state.droppable -= 1 }
                return (true, element)
            }
            // The cancellation handler may have run before this waiter was in the line: so look here, under the lock.
            if state.isFinished || Task.isCancelled { return (true, nil) }
            state.waiters.append(waiter)
            return (false, nil)
        }
        if isSettled {
            waiter.continuation.resume(returning: element)
        }
    }

    private func cancel(_ number: UInt64) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: nil)
    }

    /// Takes out the elements for which the closure says so; they are not counted as dropped.
    ///
    /// - Parameter isStale: Whether an element is to go.
    func removeAll(where isStale: (Element) -> Bool) {
        self.state.withLock { state in
            state.elements.removeAll(where: isStale)
            state.droppable = state.elements.count(where: self.isDroppable)
        }
    }

    /// Ends the line: those who wait get `nil`, now and later.
    ///
    /// - Parameter discarding: Whether what still waits is thrown away; otherwise it can be taken first.
    func finish(discarding: Bool) {
        let waiters = self.state.withLock { state -> Deque<Waiter> in
            state.isFinished = true
            if discarding {
                state.elements.removeAll()
                state.droppable = 0
            }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters {
            waiter.continuation.resume(returning: nil)
        }
    }
}
