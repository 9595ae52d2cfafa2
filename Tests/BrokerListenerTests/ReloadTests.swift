import MQTTClient
import MQTTTransport
import MartletBroker
import Testing

/// A reload takes everything or nothing, and nobody loses a connection by it.
@Suite("Reloading", .timeLimit(.minutes(10)))
struct ReloadTests {
    private let folder: CertificateFolder
    private let old: CertificateFolder.Authority
    private let new: CertificateFolder.Authority

    init() throws {
        folder = try CertificateFolder()
        old = try folder.authority("old")
        new = try folder.authority("new")
    }

    private func configuration(_ port: Int, _ pair: CertificateFolder.Pair) -> BrokerConfiguration {
        var secure = BrokerListener(name: "secure", address: .tcp(host: "127.0.0.1", port: port))
        secure.tls = BrokerListenerTLS(certificateChain: pair.certificate, privateKey: pair.key)
        var configuration = BrokerConfiguration()
        configuration.listeners = [secure]
        return configuration
    }

    private func endpoint(_ port: Int, _ authority: CertificateFolder.Authority) -> MQTTEndpoint {
        var tls = MQTTTLS()
        tls.trustedAuthorities = authority.path
        return .tls(host: "localhost", port: port, tls)
    }

    @Test("New handshakes take the new certificate; who is connected stays")
    func certificates() async throws {
        let first = try folder.certificate("first", from: old, hosts: ["localhost"])
        let second = try folder.certificate("second", from: new, hosts: ["localhost"])
        let broker = Broker(configuration: configuration(0, first), logger: quietLogger)
        let running = Task { try await broker.run() }
        let port = try await broker.waitUntilListening()
        try await withClient(endpoint(port, old), "stays") { client in
            _ = try await client.subscribe([MQTTSubscription("live", qos: .atLeastOnce)])
            let connection = client.connection
            let reload = try await broker.reload(configuration(0, second))
            #expect(reload.needsRestart.isEmpty)
            #expect(reload.changed.contains("listener 'secure': certificates"))
            try await exchange(endpoint(port, new), "comes")
            #expect(await failure(of: endpoint(port, old))?.code == .certificateUntrusted)
            try await client.publish(MQTTMessage(topic: "live", text: "still here"))
            for await delivery in client.deliveries {
                #expect(delivery.message.text == "still here")
                delivery.acknowledge()
                break
            }
            #expect(connection != nil && client.connection == connection)
        }
        running.cancel()
        try await running.value
    }

    @Test("With anything wrong in it nothing of it is taken")
    func allOrNothing() async throws {
        let first = try folder.certificate("first", from: old, hosts: ["localhost"])
        let broker = Broker(configuration: configuration(0, first), logger: quietLogger)
        let running = Task { try await broker.run() }
        let port = try await broker.waitUntilListening()
        var wrong = configuration(0, try folder.certificate("second", from: new, hosts: ["localhost"]))
        wrong.limits.sessions = 1
        wrong.listeners[0].tls?.privateKey = folder.file("missing.key")
        let error = await #expect(throws: BrokerError.self) { try await broker.reload(wrong) }
        #expect(error?.message.contains("missing.key") == true)
        // Two sessions at once: the limit of one was not taken.
        try await withClient(endpoint(port, old), "one") { _ in try await exchange(endpoint(port, old), "two") }
        running.cancel()
        try await running.value
    }

    @Test("Limits change, and what needs a restart is named")
    func limits() async throws {
        try await withBroker([listener()]) { broker, ports in
            let port = ports["test"] ?? 0
            var configuration = broker.configuration
            configuration.listeners[0].limits.connections = 1
            configuration.limits.receiveMaximum = 5
            configuration.limits.sessions = 2
            configuration.storage = .directory("elsewhere")
            configuration.listeners.append(listener("another"))
            let reload = try await broker.reload(configuration)
            #expect(reload.needsRestart == ["data", "limits.receiveMaximum", "listener 'another' (new)"])
            try await withClient(.tcp(host: "127.0.0.1", port: port), "first") { client in
                #expect(client.connection?.receiveMaximum != 5)
                let second = try await RawConnection(port: port)
                #expect(await second.closed().isEmpty)
            }
        }
    }

    @Test("A broker that does not run reloads nothing")
    func stopped() async throws {
        let broker = Broker(configuration: BrokerConfiguration(), logger: quietLogger)
        let error = await #expect(throws: BrokerError.self) { try await broker.reload(BrokerConfiguration()) }
        #expect(error?.code == .stopped)
    }
}
