import Logging
import MQTTClient

/// Makes happen what the handling of one delivery did: one kind for each guarantee level.
///
/// A handling makes attempts; an attempt runs the handler once, or again where others changed what it read. Each
/// run begins with ``beginRun()`` and ends with ``endRun()``; in between comes at most one ``settle(_:logger:)``.
protocol MessageSettlement: Sendable {
    /// Which number the first attempt of this handling has: deliveries before count where the broker counts them.
    var firstAttempt: Int { get }
    /// What became of deliveries before, as far as the broker knows.
    var earlierFailures: [EarlierFailure] { get }
    /// What the message is called, the same each time it comes; `nil` where nobody knows.
    var messageIdentifier: String? { get }

    /// Whether the run found that the message was applied before: whatever it returned or threw, there is nothing to handle.
    var foundApplied: Bool { get }

    /// Whether the delivery is of a connection that is lost: it comes again, if it was not committed.
    var isLost: Bool { get }

    /// Notes, so that it outlives the process, that the message is handled with no other suspect beside it.
    ///
    /// - Returns: How often that was noted before, without an end.
    func beginAlone() async -> Int

    /// The message that was handled alone has ended, or was given back.
    func endAlone() async

    /// Begins a run of the handler.
    ///
    /// - Returns: Where the run reads the state.
    func beginRun() -> any StateSource

    /// Ends a run, however it ended.
    func endRun() async

    /// Makes happen what a run wants, and checks what it saw; for a run that threw, only what it saw.
    ///
    /// - Parameters:
    ///   - effects: What the run wants and saw.
    ///   - logger: Where to log.
    /// - Returns: What came of it.
    func settle(_ effects: HandlerEffects, logger: Logger) async -> SettleOutcome

    /// Sends a dead letter, once.
    ///
    /// - Parameters:
    ///   - letter: The message.
    ///   - effects: What the run that failed saw.
    /// - Returns: What came of it.
    func settle(letter: MQTTMessage, _ effects: HandlerEffects) async -> SettleOutcome

    /// Gives the message back for a while.
    ///
    /// - Parameters:
    ///   - wait: How long.
    ///   - error: Why.
    /// - Returns: What came of it; ``HoldOutcome/inPlace`` where the message has to wait here.
    func hold(for wait: Duration, because error: any Error) async -> HoldOutcome
}

extension MessageSettlement {
    var earlierFailures: [EarlierFailure] { [] }
    var foundApplied: Bool { false }
    var isLost: Bool { false }

    func beginAlone() async -> Int { 0 }

    func endAlone() async {}
}
