/// What the server said when it took a message.
///
/// A refusal is not here: ``MQTTClient/publish(_:timeout:)`` throws it, so that nobody can overlook it.
public struct MQTTPublishResult: Sendable, Hashable {
    /// ``MQTTReasonCode/success`` or ``MQTTReasonCode/noMatchingSubscribers``; always the former for QoS 0.
    public var reasonCode: MQTTReasonCode
    /// What the server wrote for people to read.
    public var reasonString: String?
    /// What the server's own properties say.
    public var userProperties: [MQTTUserProperty]

    /// Makes a result; of use to those who stand in for a client in tests.
    ///
    /// - Parameters:
    ///   - reasonCode: What the server said.
    ///   - reasonString: What it wrote for people to read.
    ///   - userProperties: What its own properties say.
    public init(
        reasonCode: MQTTReasonCode = .success,
        reasonString: String? = nil,
        userProperties: [MQTTUserProperty] = []
    ) {
        self.reasonCode = reasonCode
        self.reasonString = reasonString
        self.userProperties = userProperties
    }
}
