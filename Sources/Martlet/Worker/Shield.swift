/// Work that outlives the task which started it: the only unstructured tasks of this room.
///
/// Two things need it. The client must not see the graceful shutdown of the service group before the worker has
/// drained; that signal travels in task-local values, which a detached task does not inherit. And a worker must
/// be able to end although a handler holds its thread for ever, which a structured group would wait for.
struct Shield: Sendable {
    /// How the work ended, once it has.
    let result = Latch<Result<Void, any Error>>()
    private let task: Task<Void, Never>

    /// Starts detached work.
    ///
    /// - Parameter operation: The work.
    init(_ operation: @escaping @Sendable () async throws -> Void) {
        let result = result
        self.task = Task.detached {
            do {
                try await operation()
                result.set(.success(()))
            } catch {
                result.set(.failure(error))
            }
        }
    }

    /// Cancels the work.
    func cancel() {
        task.cancel()
    }

    /// Runs work to its end although the calling task is cancelled.
    ///
    /// - Parameter operation: The work; it bounds its own time.
    static func run(_ operation: @escaping @Sendable () async -> Void) async {
        await Task.detached { await operation() }.value
    }
}
