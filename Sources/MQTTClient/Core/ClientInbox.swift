import NIOCore
import Synchronization

/// What other threads ask of the client's event loop: gathered under a lock, and one wake-up for all that gathers.
final class ClientInbox: Sendable {
    /// What gathered since the last time.
    struct Contents: Sendable {
        var acknowledgements: [ReceiptPosition] = []
        /// Messages of QoS 2 that are done with, by their numbers.
        var finished: [UInt64] = []
        /// Messages of QoS 2 that the application has no longer.
        var letGo: [UInt64] = []
        var commands: [ClientCommand] = []
    }

    private struct State {
        var contents = Contents()
        var isWakeUpOnItsWay = false
        var waitingMessages = 0
        var waitingBytes = 0
        var end: MQTTClientError?
        var wakeUp: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let lastNumber = Atomic<UInt64>(0)
    private let limits: MQTTQueueLimits

    init(limits: MQTTQueueLimits) {
        self.limits = limits
    }

    /// Says how the event loop is woken up; called once, before anything else.
    ///
    /// - Parameter wakeUp: Lets the event loop call ``take()`` soon.
    func attach(_ wakeUp: @escaping @Sendable () -> Void) {
        self.state.withLock { $0.wakeUp = wakeUp }
    }

    /// How many operations count against the limit.
    var waitingMessages: Int { self.state.withLock { $0.waitingMessages } }

    /// Whether the client has ended.
    var hasEnded: Bool { self.state.withLock { $0.end != nil } }

    /// A number for a new operation.
    func makeNumber() -> UInt64 {
        self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Asks for a message to be acknowledged.
    ///
    /// - Parameter position: Which message.
    func acknowledge(_ position: ReceiptPosition) {
        let wakeUp = self.state.withLock { state -> (@Sendable () -> Void)? in
            guard state.end == nil else { return nil }
            state.contents.acknowledgements.append(position)
            return Self.wakeUp(&state)
        }
        wakeUp?()
    }

    /// Asks for a message of QoS 2 to be acknowledged.
    ///
    /// - Parameter number: Which message.
    func finish(_ number: UInt64) {
        let wakeUp = self.state.withLock { state -> (@Sendable () -> Void)? in
            guard state.end == nil else { return nil }
            state.contents.finished.append(number)
            return Self.wakeUp(&state)
        }
        wakeUp?()
    }

    /// Says that the application has a message of QoS 2 no longer.
    ///
    /// - Parameter number: Which message.
    func letGo(_ number: UInt64) {
        let wakeUp = self.state.withLock { state -> (@Sendable () -> Void)? in
            guard state.end == nil else { return nil }
            state.contents.letGo.append(number)
            return Self.wakeUp(&state)
        }
        wakeUp?()
    }

    /// Asks for something.
    ///
    /// - Parameters:
    ///   - command: What.
    ///   - size: What it counts against the limit of bytes; `nil` for what does not count at all.
    /// - Throws: ``MQTTClientError/Code/queueFull`` past a limit, or why the client has ended.
    func submit(_ command: ClientCommand, size: Int? = nil) throws(MQTTClientError) {
        let limits = self.limits
        let outcome = self.state.withLock { state -> Result<(@Sendable () -> Void)?, MQTTClientError> in
            if let end = state.end { return .failure(end) }
            if let size {
                guard state.waitingMessages < limits.messages, state.waitingBytes + size <= limits.bytes else {
                    return .failure(Self.full(state, size))
                }
                state.waitingMessages += 1
                state.waitingBytes += size
            }
            state.contents.commands.append(command)
            return .success(Self.wakeUp(&state))
        }
        try outcome.get()?()
    }

    /// Gives back what finished operations had counted.
    ///
    /// - Parameters:
    ///   - messages: How many operations.
    ///   - bytes: How many bytes.
    func release(messages: Int, bytes: Int) {
        self.state.withLock { state in
            state.waitingMessages -= messages
            state.waitingBytes -= bytes
        }
    }

    /// Takes what gathered, on the event loop.
    ///
    /// - Parameter emptied: What was taken the last time, emptied, so that its memory is used again.
    /// - Returns: What gathered.
    func take(_ emptied: consuming Contents) -> Contents {
        self.state.withLock { state in
            state.isWakeUpOnItsWay = false
            let contents = state.contents
            state.contents = emptied
            return contents
        }
    }

    /// Ends it: from now on everything asked fails.
    ///
    /// - Parameter error: Why.
    /// - Returns: What gathered before and was not taken.
    func end(_ error: MQTTClientError) -> Contents {
        self.state.withLock { state in
            state.end = error
            let contents = state.contents
            state.contents = Contents()
            return contents
        }
    }

    private static func wakeUp(_ state: inout State) -> (@Sendable () -> Void)? {
        if state.isWakeUpOnItsWay { return nil }
        state.isWakeUpOnItsWay = true
        return state.wakeUp
    }

    private static func full(_ state: State, _ size: Int) -> MQTTClientError {
        MQTTClientError(
            .queueFull,
            "\(state.waitingMessages) messages with \(state.waitingBytes) bytes wait already; \(size) bytes are too many"
        )
    }
}
