import BrokerAdmin
import Foundation
import MartletBroker
import Testing

@testable import MartletCommand

@Suite("The broker's file")
struct BrokerFileTests {
    private func read(_ text: String, _ suffix: String) throws -> BrokerFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)\(suffix)")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(text.utf8).write(to: path)
        return try BrokerFile(path: path.path())
    }

    private func failure(_ text: String, _ suffix: String = ".yaml") -> String {
        let error = #expect(throws: CommandFailure.self) { try read(text, suffix) }
        return error?.message ?? ""
    }

    @Test(
        "It is JSON or YAML",
        arguments: [
            (
                #"{"bind": "::1", "port": 18, "data": "d", "logLevel": "debug", "limits": {"sessions": 5, "connections": 4}}"#,
                ".json"
            ),
            ("bind: ::1\nport: 18\ndata: d\nlogLevel: debug\nlimits:\n  sessions: 5\n  connections: 4\n", ".yaml"),
        ]
    )
    func reads(text: String, suffix: String) throws {
        let file = try read(text, suffix)
        #expect(file.bind == "::1" && file.port == 18 && file.data == "d" && file.inMemory == nil)
        #expect(file.logLevel == .debug)
        #expect(
            Dictionary(uniqueKeysWithValues: file.limits.map { ($0.name, $0.value) }) == [
                "sessions": "5", "connections": "4",
            ]
        )
    }

    @Test("What nobody knows, or is of another kind, is an error that says what was meant")
    func refuses() {
        #expect(failure("prot: 1\n").hasSuffix("there is no 'prot'; did you mean 'port'?"))
        #expect(failure("something: 1\n").contains("there are: bind, port, data, inMemory, logLevel, limits"))
        #expect(failure("port: 65536\n").hasSuffix("'port' is a number from 0 to 65535"))
        #expect(failure("inMemory: perhaps\n").hasSuffix("'inMemory' is true or false"))
        #expect(failure("logLevel: loud\n").contains("'logLevel' is one of "))
        #expect(failure("limits: 7\n").hasSuffix("'limits' is an object"))
        #expect(failure("limits: {sessions: many}\n").hasSuffix("'limits.sessions' is a number above 0"))
        #expect(failure("data: d\ninMemory: true\n").hasSuffix("either 'data' or 'inMemory'"))
        #expect(failure("{", ".json").contains("can not be read as JSON"))
    }

    @Test("Everything that is wrong is named with its line, not only the first")
    func lines() {
        let message = failure("data: d\nlisteners:\n  - name: a\n    prot: 1\n  - port: -1\n    tls: {key: k}\n")
        let lines = message.split(separator: "\n").map { $0.drop { $0 != ":" } }
        #expect(lines.count == 4)
        #expect(lines[0] == ":4: there is no 'listeners[0].prot'; did you mean 'port'?")
        #expect(lines[1] == ":5: 'listeners[1].port' is a number from 0 to 65535")
        #expect(lines[2].hasPrefix(":6: 'listeners[1].tls.certificate' is missing"))
        #expect(lines[3].hasPrefix(":5: 'listeners[1].name' is missing"))
    }

    @Test("Listeners, authentication and rules are read")
    func listeners() throws {
        let yaml = """
            inMemory: true
            stopDeadline: 1500ms
            listeners:
              - {name: local, unix: {path: s.sock, mode: "0600"}}
              - name: web
                bind: 0.0.0.0
                port: 8443
                connections: 7
                handshakeDeadline: 3s
                trustedProxies: [10.0.0.0/8]
                webSocket: {path: /ws, allowedOrigins: ["https://a.example"]}
                tls: {certificate: c.pem, key: k.pem, minimumVersion: 1.3, clientCertificates: optional, clientAuthorities: a.pem}
                authentication:
                  - certificate: {name: dnsName}
                  - anonymous: {anywhere: true}
            access:
              - {groups: [g], attributes: {site: [north]}, publish: ["a/#"], connect: true}
            """
        let file = try read(yaml, ".yaml")
        var configuration = BrokerConfiguration()
        try file.apply(to: &configuration)
        #expect(configuration.stopDeadline == .milliseconds(1_500))
        #expect(configuration.listeners.map(\.name) == ["local", "web"])
        #expect(configuration.listeners[0].address == .unixSocket(path: "s.sock", mode: 0o600))
        var web = BrokerListener(name: "web", address: .tcp(host: "0.0.0.0", port: 8443))
        web.limits.connections = 7
        web.limits.handshakeDeadline = .seconds(3)
        web.trustedProxies = ["10.0.0.0/8"]
        web.webSocket = BrokerListenerWebSocket()
        web.webSocket?.path = "/ws"
        web.webSocket?.allowedOrigins = ["https://a.example"]
        web.tls = BrokerListenerTLS(certificateChain: "c.pem", privateKey: "k.pem")
        web.tls?.minimumVersion = .tls13
        web.tls?.clientCertificates = .optional
        web.tls?.clientAuthorities = "a.pem"
        web.authentication = BrokerAuthenticationConfiguration(
            providers: [.certificate(BrokerCertificateIdentity(name: .dnsName)), .anonymous(anywhere: true)]
        )
        #expect(configuration.listeners[1] == web)
        #expect(configuration.access?.count == 1 && configuration.access?.first?.attributes == ["site": ["north"]])
    }

    @Test("The admin API, redirection and what CONNACK says are read")
    func operation() throws {
        let yaml = """
            inMemory: true
            redirection: {reference: "b.example:1883", permanent: true}
            responseTopicPrefix: answers
            checkPayloadFormat: true
            admin: {bind: 0.0.0.0, port: 99, readers: [r], writers: [w, x], authentication: [{passwordFile: {path: p}}]}
            authentication: [{certificate: {}}, {http: {url: "http://h", allowPlainText: true}}]
            """
        let file = try read(yaml, ".yaml")
        var configuration = BrokerConfiguration()
        try file.apply(to: &configuration)
        #expect(configuration.redirection == BrokerRedirection(reference: "b.example:1883", isPermanent: true))
        #expect(configuration.responseTopicPrefix == "answers" && configuration.checksPayloadFormat)
        let admin = try #require(file.admin?.configuration)
        #expect(admin.host == "0.0.0.0" && admin.port == 99)
        #expect(admin.access.readers == ["r"] && admin.access.writers == ["w", "x"])
        #expect(configuration.operators?.providers == [.passwordFile(BrokerPasswordFile(path: "p"))])
        var hook = BrokerAuthenticationHook(url: "http://h")
        hook.allowsPlainText = true
        #expect(configuration.authentication?.providers.last == .http(hook))
    }

    @Test("Operators are asked like clients where the file says nothing else, by what HTTP can carry")
    func operators() throws {
        let file = try read("authentication: [{certificate: {}}, {passwordFile: {path: p}}]\n", ".yaml")
        var configuration = BrokerConfiguration()
        try file.apply(to: &configuration)
        #expect(configuration.operators?.providers == [.passwordFile(BrokerPasswordFile(path: "p"))])
        try read("authentication: [{certificate: {}}]\n", ".yaml").apply(to: &configuration)
        #expect(configuration.operators == nil)
        #expect(failure("admin: {authentication: [{anonymous: {}}]}\n").contains("'admin.authentication' has"))
    }

    @Test("A provider of authentication is one of them, and no two")
    func unions() {
        #expect(
            failure("authentication: [{anonymous: {}, certificate: {}}]\n").contains(
                "'authentication[0]' is one of anonymous"
            )
        )
        #expect(failure("authentication: [{}]\n").contains("'authentication[0]' is one of anonymous"))
        #expect(failure("port: 1\nlisteners: [{name: a}]\n").hasSuffix("either 'bind' and 'port' or 'listeners'"))
    }

    @Test(
        "The schema in the repository is the one that the table makes: martlet broker schema > docs/broker.schema.json"
    )
    func schema() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let text = try String(contentsOf: root.appending(path: "docs/broker.schema.json"), encoding: .utf8)
        #expect(text == BrokerFile.schema + "\n")
    }

    @Test("The examples are read without a complaint", arguments: ["broker-local", "broker-secure"])
    func examples(name: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let file = try BrokerFile(path: root.appending(path: "docs/examples/\(name).yaml").path())
        #expect(!file.listeners.isEmpty)
    }
}
