import NIOCore

extension ConnectProperties: PropertyList {
    func write(into sink: inout some PacketSink) {
        sink.property(.sessionExpiryInterval, sessionExpiryInterval)
        sink.property(.authenticationMethod, authenticationMethod)
        sink.property(.authenticationData, authenticationData)
        sink.property(.requestProblemInformation, requestProblemInformation)
        sink.property(.requestResponseInformation, requestResponseInformation)
        sink.property(.receiveMaximum, receiveMaximum)
        sink.property(.topicAliasMaximum, topicAliasMaximum)
        userProperties.write(into: &sink)
        sink.property(.maximumPacketSize, maximumPacketSize)
    }
}

extension WillProperties: PropertyList {
    func write(into sink: inout some PacketSink) {
        sink.property(.payloadFormatIndicator, payloadFormatIndicator)
        sink.property(.messageExpiryInterval, messageExpiryInterval)
        sink.property(.contentType, contentType)
        sink.property(.responseTopic, responseTopic)
        sink.property(.correlationData, correlationData)
        sink.property(.willDelayInterval, willDelayInterval)
        userProperties.write(into: &sink)
    }
}

extension ConnAckProperties: PropertyList {
    func write(into sink: inout some PacketSink) {
        sink.property(.sessionExpiryInterval, sessionExpiryInterval)
        sink.property(.assignedClientIdentifier, assignedClientIdentifier)
        sink.property(.serverKeepAlive, serverKeepAlive)
        sink.property(.authenticationMethod, authenticationMethod)
        sink.property(.authenticationData, authenticationData)
        sink.property(.responseInformation, responseInformation)
        sink.property(.serverReference, serverReference)
        sink.property(.reasonString, reasonString)
        sink.property(.receiveMaximum, receiveMaximum)
        sink.property(.topicAliasMaximum, topicAliasMaximum)
        // A maximum of 2 is said by saying nothing (§3.2.2.3.4).
        sink.property(.maximumQoS, maximumQoS == .exactlyOnce ? nil : maximumQoS?.rawValue)
        sink.property(.retainAvailable, retainAvailable)
        userProperties.write(into: &sink)
        sink.property(.maximumPacketSize, maximumPacketSize)
        sink.property(.wildcardSubscriptionAvailable, wildcardSubscriptionAvailable)
        sink.property(.subscriptionIdentifiersAvailable, subscriptionIdentifiersAvailable)
        sink.property(.sharedSubscriptionAvailable, sharedSubscriptionAvailable)
    }
}

extension PublishProperties: PropertyList {
    func write(into sink: inout some PacketSink) {
        sink.property(.payloadFormatIndicator, payloadFormatIndicator)
        sink.property(.messageExpiryInterval, messageExpiryInterval)
        sink.property(.contentType, contentType)
        sink.property(.responseTopic, responseTopic)
        sink.property(.correlationData, correlationData)
        for identifier in subscriptionIdentifiers { sink.property(.subscriptionIdentifier, variable: identifier) }
        sink.property(.topicAlias, topicAlias)
        userProperties.write(into: &sink)
    }
}

extension AckProperties: PropertyList {
    func write(into sink: inout some PacketSink) {
        sink.property(.reasonString, reasonString)
        userProperties.write(into: &sink)
    }
}

extension SubscribeProperties: PropertyList {
    func write(into sink: inout some PacketSink) {
        sink.property(.subscriptionIdentifier, variable: subscriptionIdentifier)
        userProperties.write(into: &sink)
    }
}

extension DisconnectProperties: PropertyList {
    func write(into sink: inout some PacketSink) {
        sink.property(.sessionExpiryInterval, sessionExpiryInterval)
        sink.property(.serverReference, serverReference)
        sink.property(.reasonString, reasonString)
        userProperties.write(into: &sink)
    }
}

extension AuthProperties: PropertyList {
    func write(into sink: inout some PacketSink) {
        sink.property(.authenticationMethod, authenticationMethod)
        sink.property(.authenticationData, authenticationData)
        sink.property(.reasonString, reasonString)
        userProperties.write(into: &sink)
    }
}
