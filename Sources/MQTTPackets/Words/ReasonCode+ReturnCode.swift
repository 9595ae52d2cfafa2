extension ReasonCode {
    /// The reason code that says what a CONNACK return code of MQTT 3.1.1 says (3.1.1 §3.2.2.3).
    ///
    /// - Parameter returnCode: The byte on the wire; 6 and above are reserved and give nil.
    package init?(connectReturnCode returnCode: UInt8) {
        switch returnCode {
        case 0: self = .success
        case 1: self = .unsupportedProtocolVersion
        case 2: self = .clientIdentifierNotValid
        case 3: self = .serverUnavailable
        case 4: self = .badUserNameOrPassword
        case 5: self = .notAuthorized
        default: return nil
        }
    }

    /// The CONNACK return code of MQTT 3.1.1 that comes nearest; 3, server unavailable, where none is near.
    package var connectReturnCode: UInt8 {
        switch self {
        case _ where !isError: 0
        case .unsupportedProtocolVersion: 1
        case .clientIdentifierNotValid: 2
        case .badUserNameOrPassword, .badAuthenticationMethod: 4
        case .notAuthorized, .banned: 5
        default: 3
        }
    }

    /// Whether a CONNACK return code of MQTT 3.1.1 says it; a server that means something else closes without a word (3.1.1 [MQTT-3.2.2-6]).
    package var hasConnectReturnCode: Bool {
        switch self {
        case .unsupportedProtocolVersion, .clientIdentifierNotValid, .badUserNameOrPassword, .badAuthenticationMethod,
            .notAuthorized, .banned, .serverUnavailable, .serverBusy, .quotaExceeded, .connectionRateExceeded,
            .useAnotherServer, .serverMoved:
            true
        default: false
        }
    }

    /// The SUBACK return code of MQTT 3.1.1: the granted quality of service, or 0x80 for every failure (3.1.1 §3.9.3).
    package var subscribeReturnCode: UInt8 {
        isError ? 0x80 : min(rawValue, 2)
    }
}
