package import MQTTClient

/// How the handling of one message ended, and how it came to that.
package struct HandlingReport: Sendable {
    /// What becomes of the message.
    package enum Settlement: Sendable, Equatable {
        /// The handler returned and what it published has arrived: acknowledge it.
        case handled
        /// The handler wants it dropped: acknowledge it.
        case discarded
        /// The dead letter has arrived: acknowledge it.
        case deadLettered
        /// The broker holds it until its next attempt: acknowledge the delivery.
        case held
        /// It was done before, or another replica has it: acknowledge the delivery.
        case gone
        /// Nobody knows whether it was done: do nothing, it comes again if not.
        case forgotten
        /// Leave it unacknowledged, so that it comes again, here or elsewhere.
        case handedBack
    }

    /// What becomes of the message.
    package var settlement: Settlement = .handedBack
    /// How often the handler ran.
    package var attempts = 0
    /// The errors of the attempts that failed, in their order.
    package var failures: [any Error] = []
    /// What was published with the handling.
    package var published: [MQTTMessage] = []
    /// The dead letter, if one was published.
    package var deadLetter: MQTTMessage?
}
