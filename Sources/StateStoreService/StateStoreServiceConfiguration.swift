package import MQTTClient
package import MartletBroker

/// How the service is set up.
package struct StateStoreServiceConfiguration: Sendable {
    /// The client of the foreign broker: where it is, and who the service is there.
    ///
    /// The identifier must be the service's own and stay the same, for the session keeps requests while the service is away.
    package var client: MQTTClientConfiguration
    /// Where the keys are kept.
    package var storage: BrokerConfiguration.Storage
    /// Go on without what is lost when the journal is found damaged, instead of refusing to start.
    package var acceptsDataLoss = false
    /// How many requests are executed at once; the foreign broker keeps the others.
    package var requests = 512
    /// How long a request may wait for its answer before the service gives it up.
    package var requestTimeout = Duration.seconds(60)
    /// How many watches of keys there may be in all, over all clients.
    package var watches = 100_000
    /// How long a graceful stop waits for the answers of requests that were begun.
    package var stopDeadline = Duration.seconds(5)

    /// Makes a configuration with a default for everything else.
    ///
    /// - Parameters:
    ///   - endpoint: Where the foreign broker is.
    ///   - clientIdentifier: Who the service is there.
    ///   - storage: Where the keys are kept.
    package init(
        endpoint: MQTTEndpoint,
        clientIdentifier: String = "martlet-state-store",
        storage: BrokerConfiguration.Storage
    ) {
        client = MQTTClientConfiguration(endpoint: endpoint, clientIdentifier: clientIdentifier)
        self.storage = storage
    }

    /// The foreign broker's client, as the service needs it.
    var outer: MQTTClientConfiguration {
        var outer = client
        outer.cleanStart = false
        outer.receiveMaximum = requests
        // What the engine inside would not take must not come in: there, a little is added to each request.
        outer.maximumPacketSize = BrokerLimits().maximumPacketSize - Self.addedBytes
        return outer
    }

    /// The bytes by which a request may grow on its way inside.
    private static let addedBytes = 4_096
}
