package import BrokerAccess
import MQTTPackets

/// What became of asking an ``Authenticator``.
package enum AuthenticationDecision: Sendable {
    /// It does not know the client; somebody else may.
    case unknown
    /// It has decided.
    ///
    /// - Parameters:
    ///   - outcome: What.
    ///   - expiry: When the proof is over, in milliseconds since 1970; nil for never.
    case decided(AuthenticationOutcome, expiry: Int64?)

    /// The client is who it says, for good.
    static func accepted(_ principal: Principal) -> AuthenticationDecision {
        .decided(.accepted(principal), expiry: nil)
    }

    /// It is not.
    static func refused(_ reason: ReasonCode, _ text: String) -> AuthenticationDecision {
        .decided(.refused(reason, text), expiry: nil)
    }
}
