import MQTTPackets

extension MQTTConnectionInformation {
    init(_ connack: ConnAck, _ configuration: MQTTClientConfiguration, _ assigned: String?) {
        let properties = connack.properties
        let identifier = properties.assignedClientIdentifier ?? assigned ?? configuration.clientIdentifier
        self.sessionPresent = connack.sessionPresent
        self.clientIdentifier = identifier
        self.sessionExpiry = properties.sessionExpiryInterval.map { .seconds($0) } ?? configuration.sessionExpiry
        self.keepAlive = properties.serverKeepAlive.map { .seconds($0) } ?? .seconds(configuration.keepAliveSeconds)
        self.receiveMaximum = Int(properties.receiveMaximum ?? .max)
        self.maximumQoS = MQTTQoS(properties.maximumQoS ?? .exactlyOnce)
        self.maximumPacketSize = properties.maximumPacketSize.map(Int.init)
        self.retainAvailable = properties.retainAvailable ?? true
        self.wildcardSubscriptionsAvailable = properties.wildcardSubscriptionAvailable ?? true
        self.subscriptionIdentifiersAvailable = properties.subscriptionIdentifiersAvailable ?? true
        self.sharedSubscriptionsAvailable = properties.sharedSubscriptionAvailable ?? true
        self.userProperties = properties.userProperties.map(MQTTUserProperty.init)
    }
}
