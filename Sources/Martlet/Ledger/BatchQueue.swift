import DequeModule
import Synchronization

/// Sends things in batches: what gathers while earlier batches are on their way goes with the next.
///
/// With nobody waiting a thing goes at once and alone; under load the batches grow by themselves.
final class BatchQueue<Item: Sendable, Answer: Sendable>: Sendable {
    /// What bounds a queue.
    struct Limits: Sendable {
        /// The most things of one batch.
        var items = 128
        /// The most bytes of one batch; a thing that is larger goes alone.
        var bytes = 256 << 10
        /// How many batches may be on their way at once.
        var inFlight = 3
    }

    private struct Entry {
        let number: UInt64
        let item: Item
        let size: Int
    }

    private typealias Reply = CheckedContinuation<Result<Answer, BatchFailure>, Never>

    private struct State {
        var lastNumber: UInt64 = 0
        var waiting: Deque<Entry> = []
        var replies: [UInt64: Reply] = [:]
        // By the number of the batch's first entry; the task comes a moment later.
        var inFlight: [UInt64: Task<Void, Never>?] = [:]
        var isClosed = false
    }

    private let limits: Limits
    private let send: @Sendable ([Item]) async throws -> [Answer]
    private let state = Mutex(State())

    /// Makes a queue.
    ///
    /// - Parameters:
    ///   - limits: Its bounds; how much waits is bounded by who asks: each asks for one thing at a time.
    ///   - send: Sends a batch, and returns an answer for each thing in order.
    init(limits: Limits = Limits(), send: @escaping @Sendable ([Item]) async throws -> [Answer]) {
        self.limits = limits
        self.send = send
    }

    /// How many things wait for the next batch.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// How many batches are on their way.
    var inFlightCount: Int { state.withLock { $0.inFlight.count } }

    /// Sends a thing with the next batch, and waits for its answer.
    ///
    /// - Parameters:
    ///   - item: The thing.
    ///   - size: How many bytes it takes.
    /// - Returns: The answer, or why there is none.
    func ask(_ item: Item, size: Int) async -> Result<Answer, BatchFailure> {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                let failure = state.withLock { state -> BatchFailure? in
                    if state.isClosed { return .lost }
                    // The cancellation handler may have run before this entry was in the table: so look here, under the lock.
                    if Task.isCancelled { return .cancelled }
                    state.replies[number] = reply
                    state.waiting.append(Entry(number: number, item: item, size: size))
                    return nil
                }
                if let failure { return reply.resume(returning: .failure(failure)) }
                pump()
            }
        } onCancel: {
            cancel(number)
        }
    }

    /// Lets go of everything that waits or is on its way: nobody knows what became of it.
    func lose() {
        let (replies, tasks) = state.withLock { state in
            defer {
                state.waiting = []
                state.replies = [:]
                state.inFlight = [:]
            }
            return (state.replies, state.inFlight.values.compactMap { $0 })
        }
        for task in tasks { task.cancel() }
        for reply in replies.values { reply.resume(returning: .failure(.lost)) }
    }

    /// Takes nothing more, and lets go of everything.
    func close() {
        state.withLock { $0.isClosed = true }
        lose()
    }

    private func pump() {
        while let batch = nextBatch() {
            let first = batch[0].number
            let task = Task.detached { [self] in
                let result: Result<[Answer], any Error>
                do {
                    result = .success(try await send(batch.map(\.item)))
                } catch {
                    result = .failure(error)
                }
                finish(batch, result)
            }
            state.withLock { state in
                // Unless it has ended, or was let go of, already.
                if state.inFlight[first] != nil { state.inFlight[first] = .some(task) }
            }
        }
    }

    private func nextBatch() -> [Entry]? {
        state.withLock { state in
            guard state.inFlight.count < limits.inFlight else { return nil }
            var batch: [Entry] = []
            var bytes = 0
            while let entry = state.waiting.first, batch.count < limits.items {
                // Its task was cancelled.
                guard state.replies[entry.number] != nil else {
                    state.waiting.removeFirst()
                    continue
                }
                if !batch.isEmpty, bytes + entry.size > limits.bytes { break }
                bytes += entry.size
                batch.append(entry)
                state.waiting.removeFirst()
            }
            guard let first = batch.first else { return nil }
            state.inFlight[first.number] = .some(nil)
            return batch
        }
    }

    private func finish(_ batch: [Entry], _ result: Result<[Answer], any Error>) {
        let replies = state.withLock { state in
            state.inFlight[batch[0].number] = nil
            return batch.map { state.replies.removeValue(forKey: $0.number) }
        }
        switch result {
        case .success(let answers) where answers.count == batch.count:
            for (reply, answer) in zip(replies, answers) { reply?.resume(returning: .success(answer)) }
        case .success:
            for reply in replies { reply?.resume(returning: .failure(.lost)) }
        case .failure(let error):
            for reply in replies { reply?.resume(returning: .failure(.failed(error))) }
        }
        pump()
    }

    private func cancel(_ number: UInt64) {
        let reply = state.withLock { $0.replies.removeValue(forKey: number) }
        reply?.resume(returning: .failure(.cancelled))
    }
}
