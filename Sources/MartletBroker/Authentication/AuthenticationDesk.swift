import BrokerAccess
import BrokerAuthentication
import BrokerEngine

/// Clients whose proof is being checked off the loop: some at one time, the others in the order in which they came.
///
/// Lives on the loop of its shell.
final class AuthenticationDesk {
    /// A client that waits for its outcome.
    struct Case {
        var handle: ConnectionHandle
        var request: AuthenticationRequest
        var peer: AuthenticationPeer
    }

    /// Clients whose proof is checked at one time.
    var maximumRunning = BrokerAuthenticationLimits().concurrentChecks
    /// Clients that wait for their turn; past it ``add(_:)`` takes none.
    var maximumWaiting = BrokerAuthenticationLimits().waitingClients

    private var waiting: [Case] = []
    /// Where the next of ``waiting`` is: those before it are gone.
    private var next = 0
    private var running: [UInt64: Task<Void, Never>] = [:]
    /// The number of the open request of each connection.
    private var numbers: [Int32: UInt64] = [:]

    /// Clients that wait for their turn.
    var waitingCount: Int { waiting.count - next }
    /// Whether nobody waits.
    var isIdle: Bool { waiting.isEmpty }
    /// Clients whose proof is being checked.
    var runningCount: Int { running.count }

    /// Takes a client in.
    ///
    /// - Parameter one: The client.
    /// - Returns: Whether there is room for it.
    func add(_ one: Case) -> Bool {
        guard waitingCount < maximumWaiting else { return false }
        waiting.append(one)
        numbers[one.handle.index] = one.request.number
        return true
    }

    /// The next whose proof may be checked now; nil where none waits, or enough are under way.
    func takeNext() -> Case? {
        while next < waiting.count {
            let one = waiting[next]
            if numbers[one.handle.index] == one.request.number, running.count >= maximumRunning { return nil }
            next += 1
            if next == waiting.count || next > 1_024 {
                waiting.removeFirst(next)
                next = 0
            }
            // One that went away meanwhile needs no answer.
            if numbers[one.handle.index] == one.request.number { return one }
        }
        return nil
    }

    /// The proof of a client is being checked by a task.
    func began(_ number: UInt64, _ task: Task<Void, Never>) {
        running[number] = task
    }

    /// The check of a proof came to its end.
    ///
    /// - Returns: Whether anybody still waits for it.
    func ended(_ number: UInt64, of handle: ConnectionHandle) -> Bool {
        running[number] = nil
        guard numbers[handle.index] == number else { return false }
        numbers[handle.index] = nil
        return true
    }

    /// A connection is gone: what is being checked for it is given up.
    func forget(_ handle: ConnectionHandle) {
        guard let number = numbers.removeValue(forKey: handle.index) else { return }
        running[number]?.cancel()
    }

    /// Gives everything up.
    func stop() {
        for task in running.values { task.cancel() }
        waiting = []
        next = 0
        numbers = [:]
    }
}
