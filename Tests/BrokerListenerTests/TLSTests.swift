import MQTTClient
import MQTTTransport
import MartletBroker
import Testing

/// TLS: who is let in, who is not, and what each is told.
@Suite("TLS listeners", .timeLimit(.minutes(10)))
struct TLSTests {
    private let folder: CertificateFolder
    private let authority: CertificateFolder.Authority
    private let stranger: CertificateFolder.Authority
    private let server: CertificateFolder.Pair

    init() throws {
        folder = try CertificateFolder()
        authority = try folder.authority("authority")
        stranger = try folder.authority("stranger")
        server = try folder.certificate("server", from: authority, hosts: ["localhost"])
    }

    private func secure(_ pair: CertificateFolder.Pair? = nil, _ change: (inout BrokerListenerTLS) -> Void = { _ in })
        -> BrokerListener
    {
        let pair = pair ?? server
        var tls = BrokerListenerTLS(certificateChain: pair.certificate, privateKey: pair.key)
        change(&tls)
        return listener { $0.tls = tls }
    }

    private func endpoint(_ port: Int, host: String = "localhost", _ change: (inout MQTTTLS) -> Void = { _ in })
        -> MQTTEndpoint
    {
        var tls = MQTTTLS()
        tls.trustedAuthorities = authority.path
        change(&tls)
        return .tls(host: host, port: port, tls)
    }

    @Test(
        "A client that trusts the authority is served, by name and by address",
        arguments: ["localhost", "127.0.0.1"]
    )
    func serves(host: String) async throws {
        try await withBroker([secure()]) { _, ports in
            try await exchange(endpoint(ports["test"] ?? 0, host: host))
        }
    }

    @Test("TLS 1.3 alone serves, too")
    func onlyTLS13() async throws {
        try await withBroker([secure { $0.minimumVersion = .tls13 }]) { _, ports in
            try await exchange(endpoint(ports["test"] ?? 0))
        }
    }

    @Test("What is wrong with the server's certificate is named")
    func wrongServers() async throws {
        let elsewhere = try folder.certificate("elsewhere", from: authority, hosts: ["elsewhere.example"])
        let expired = try folder.certificate(
            "expired",
            from: authority,
            hosts: ["localhost"],
            lifetime: (-7_200, -3_600)
        )
        try await withBroker([secure(elsewhere)]) { _, ports in
            let port = ports["test"] ?? 0
            let named = await failure(of: endpoint(port))
            #expect(named?.code == .nameMismatch && named?.message.contains("'localhost'") == true)
            #expect(await failure(of: endpoint(port) { $0.serverName = "elsewhere.example" })?.message == nil)
            #expect(await failure(of: endpoint(port) { $0.verification = .withoutName })?.message == nil)
        }
        try await withBroker([secure(expired)]) { _, ports in
            #expect(await failure(of: endpoint(ports["test"] ?? 0))?.code == .certificateExpired)
        }
        try await withBroker([secure()]) { _, ports in
            let port = ports["test"] ?? 0
            #expect(
                await failure(of: endpoint(port) { $0.trustedAuthorities = stranger.path })?.code
                    == .certificateUntrusted
            )
        }
    }

    @Test("A client that speaks no TLS, and one that finds none, are told")
    func noTLS() async throws {
        try await withBroker([secure(), listener("plain")]) { _, ports in
            let raw = try await RawConnection(port: ports["test"] ?? 0)
            try await raw.send(RawConnection.connect)
            await raw.closed()
            let found = await failure(of: endpoint(ports["plain"] ?? 0))
            #expect(found?.code == .closed || found?.code == .handshake)
            try await exchange(.tcp(host: "127.0.0.1", port: ports["plain"] ?? 0))
        }
    }

    @Test(
        "Mutual TLS lets in whom its authorities know, and says why it does not",
        arguments: BrokerListenerTLS.Version.allCases
    )
    func mutual(version: BrokerListenerTLS.Version) async throws {
        let good = try folder.certificate("good", from: authority)
        let foreign = try folder.certificate("foreign", from: stranger)
        let old = try folder.certificate("old", from: authority, lifetime: (-7_200, -3_600))
        let listener = secure {
            $0.clientCertificates = .required
            $0.clientAuthorities = authority.path
            $0.minimumVersion = version
        }
        @Sendable func show(_ pair: CertificateFolder.Pair, _ port: Int) -> MQTTEndpoint {
            endpoint(port) {
                $0.certificateChain = pair.certificate
                $0.privateKey = pair.key
            }
        }
        try await withBroker([listener]) { _, ports in
            let port = ports["test"] ?? 0
            try await exchange(show(good, port))
            for endpoint in [show(foreign, port), show(old, port), endpoint(port)] {
                #expect(await failure(of: endpoint)?.code == .certificateRefused)
            }
            try await exchange(show(good, port))
        }
    }

    @Test("Where certificates are optional, none is taken and a wrong one is not")
    func optional() async throws {
        let foreign = try folder.certificate("foreign", from: stranger)
        let listener = secure {
            $0.clientCertificates = .optional
            $0.clientAuthorities = authority.path
        }
        try await withBroker([listener]) { _, ports in
            let port = ports["test"] ?? 0
            try await exchange(endpoint(port))
            let refused = endpoint(port) {
                $0.certificateChain = foreign.certificate
                $0.privateKey = foreign.key
            }
            #expect(await failure(of: refused)?.code == .certificateRefused)
        }
    }

    @Test("A handshake that stops half way is ended at its deadline, and costs nobody else")
    func halfHandshakes() async throws {
        var listener = secure()
        listener.limits.handshakeDeadline = .milliseconds(200)
        try await withBroker([listener]) { _, ports in
            let port = ports["test"] ?? 0
            let silent = try await RawConnection(port: port)
            let slow = try await RawConnection(port: port)
            // The beginning of a record that never ends. On a busy machine the deadline comes first.
            try? await slow.send([0x16, 3, 1, 2, 0, 1])
            #expect(await silent.closed().isEmpty)
            await slow.closed()
        }
    }

    @Test("Files that can not be used are named, and nothing is started")
    func wrongFiles() async throws {
        let other = try folder.certificate("other", from: authority, hosts: ["localhost"])
        let text = try folder.write("nothing", to: "text")
        let cases: [(BrokerListener, String)] = [
            (secure { $0.certificateChain = folder.file("missing.pem") }, "missing.pem can not be read"),
            (secure { $0.certificateChain = text }, "text holds no certificates"),
            (secure { $0.privateKey = text }, "text holds no private key"),
            (secure { $0.privateKey = other.key }, "is not the one of the certificate"),
            (secure { $0.clientCertificates = .required }, "no authorities are named"),
        ]
        for (listener, message) in cases {
            var configuration = BrokerConfiguration()
            configuration.listeners = [listener]
            #expect(configuration.problems().count == 1)
            let error = await #expect(throws: BrokerError.self) {
                try await Broker(configuration: configuration, logger: quietLogger).run()
            }
            #expect(error?.code == .configuration && error?.message.contains(message) == true, "\(message)")
        }
    }
}
