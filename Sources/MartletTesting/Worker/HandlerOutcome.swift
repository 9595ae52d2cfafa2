public import MQTTClient
import Martlet
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What became of a message that a ``HandlerHarness`` delivered.
public struct HandlerOutcome: Sendable {
    private let report: HandlingReport

    init(_ report: HandlingReport) {
        self.report = report
    }

    /// Whether the handler returned; the message was acknowledged.
    public var isHandled: Bool { report.settlement == .handled }

    /// Whether the handler wanted the message dropped; it was acknowledged.
    public var isDiscarded: Bool { report.settlement == .discarded }

    /// Whether the message went to the dead letter topic; it was acknowledged.
    public var isDeadLettered: Bool { report.settlement == .deadLettered }

    /// Whether the message was acknowledged; otherwise it would come again, here or at another replica.
    public var isAcknowledged: Bool { report.settlement != .handedBack }

    /// How often the handler ran.
    public var attempts: Int { report.attempts }

    /// What the attempts that failed threw, in their order.
    public var errors: [any Error] { report.failures }

    /// What the handler published, in its order; nothing unless it returned.
    public var published: [MQTTMessage] { report.published }

    /// The dead letter, if there is one.
    public var deadLetter: MQTTMessage? { report.deadLetter }

    /// Reads a JSON document that the handler published.
    ///
    /// - Parameters:
    ///   - type: What it holds.
    ///   - topic: Where it was published.
    /// - Returns: The value of the last one there, or `nil` when nothing was published there.
    /// - Throws: `DecodingError` when it holds something else.
    public func published<Value: Decodable>(_ type: Value.Type, to topic: String) throws -> Value? {
        guard let message = published.last(where: { $0.topic == topic }) else { return nil }
        return try JSONDecoder().decode(type, from: Data(message.payload.readableBytesView))
    }
}
