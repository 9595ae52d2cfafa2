/// What a client says to prove who it is: by CONNECT, or by a step of enhanced authentication (MQTT 5.0 §4.12).
package struct AuthenticationRequest: Sendable {
    /// Where in the exchange it stands.
    package enum Step: Sendable, Hashable {
        /// CONNECT.
        case connect
        /// AUTH 0x18 that answers a challenge.
        case continuation
        /// AUTH 0x19 on a live connection, and AUTH 0x18 after it.
        case reauthentication
    }

    /// Which request it is: the outcome repeats it, because the handle of a connection that closed meanwhile is used again.
    package var number: UInt64
    package var step: Step
    package var clientIdentifier: String
    package var userName: String?
    package var password: [UInt8]?
    /// The Authentication Method; nil where there is no enhanced authentication.
    package var method: String?
    /// The Authentication Data of this step.
    package var data: [UInt8]?

    package init(
        number: UInt64 = 0,
        step: Step,
        clientIdentifier: String,
        userName: String? = nil,
        password: [UInt8]? = nil,
        method: String? = nil,
        data: [UInt8]? = nil
    ) {
        self.number = number
        self.step = step
        self.clientIdentifier = clientIdentifier
        self.userName = userName
        self.password = password
        self.method = method
        self.data = data
    }
}
