import Foundation
import Testing

@testable import Martlet

@Suite("Settings")
struct SettingSourcesTests {
    private let own = [
        Setting("limits.maximumItems", .integer, "How many items"),
        Setting("dryRun", .toggle, "Do nothing"),
        Setting("token", .text, "A secret", isSecret: true),
    ]

    private func sources(
        _ arguments: [String] = [],
        _ environment: [String: String] = [:],
        file: String? = nil,
        extension: String = "json"
    ) throws -> SettingSources {
        var arguments = arguments
        let path = FileManager.default.temporaryDirectory
            .appending(path: "martlet-\(UUID().uuidString).\(`extension`)")
        defer { try? FileManager.default.removeItem(at: path) }
        if let file {
            try Data(file.utf8).write(to: path)
            arguments += ["--config", path.path()]
        }
        let catalog = try SettingCatalog([SettingSources.fileSetting] + WorkerConfiguration.settings + own)
        return try SettingSources(catalog: catalog, arguments: arguments, environment: environment)
    }

    private func message(
        _ arguments: [String] = [],
        _ environment: [String: String] = [:],
        file: String? = nil,
        extension: String = "json"
    ) -> String {
        let error = #expect(throws: WorkerError.self) {
            try sources(arguments, environment, file: file, extension: `extension`)
        }
        return error?.message ?? ""
    }

    @Test("A setting is a flag, a variable and a key")
    func names() {
        let setting = Setting("limits.maximumItems", .integer, "")
        #expect(setting.flag == "--limits-maximum-items")
        #expect(setting.variable == "MARTLET_LIMITS_MAXIMUM_ITEMS")
    }

    @Test("A flag counts more than a variable, that more than the file, and that more than the default")
    func precedence() throws {
        let file =
            #"{"threads": 3, "slots": 30, "grace": "3s", "retry": {"attempts": 3}, "limits": {"maximumItems": 3}}"#
        let environment = [
            "MARTLET_THREADS": "2", "MARTLET_SLOTS": "20", "MARTLET_LIMITS_MAXIMUM_ITEMS": "2", "PATH": "x",
        ]
        let reader = try sources(["--threads", "1", "--limits-maximum-items=1"], environment, file: file).reader
        let configuration = try WorkerConfiguration(name: "w", config: reader)
        #expect(configuration.threads == 1)
        #expect(configuration.slots == 20)
        #expect(configuration.grace == .seconds(3))
        #expect(configuration.retry.attempts == 3)
        #expect(configuration.keepAlive == .seconds(30))
        #expect(reader.int(forKey: "limits.maximumItems") == 1)
    }

    @Test("Every key of a worker is read from each source")
    func allKeys() throws {
        let arguments = [
            "--broker", "mqtts://broker:1884", "--username", "u", "--name", "n", "--replica", "r",
            "--group", "g", "--threads", "5", "--slots", "6", "--grace", "7s", "--deadline", "none",
            "--retry-attempts", "8", "--retry-base", "9ms", "--retry-cap", "10m", "--dead-letter-root", "dead",
            "--require", "C", "--session-expiry", "1h", "--keep-alive", "12s", "--maximum-packet-size", "1000",
            "--state-root", "s", "--state-directory", "/d", "--state-checkpoint-size", "2000000", "--state-memory", "3",
            "--message-id", "id", "--tls-ca", "ca.pem", "--tls-certificate", "c.pem", "--tls-key", "k.pem",
            "--tls-server-name", "name", "--state-seeding-patience", "4s", "--state-quota-patience", "5s",
        ]
        // The password is no flag, and its file would contradict it.
        #expect(arguments.count == (WorkerConfiguration.settings.count - 2) * 2)
        let reader = try sources(arguments, ["MARTLET_PASSWORD": "p"]).reader
        let configuration = try WorkerConfiguration(name: "w", config: reader)
        #expect("\(configuration.broker)" == "mqtts://broker:1884")
        let tls = configuration.broker.tls
        #expect(tls?.trustedAuthorities == "ca.pem" && tls?.serverName == "name")
        #expect(tls?.certificateChain == "c.pem" && tls?.privateKey == "k.pem")
        #expect(configuration.username == "u" && configuration.password == "p")
        #expect(configuration.name == "n" && configuration.replica == "r" && configuration.group == "g")
        #expect(configuration.threads == 5 && configuration.slots == 6)
        #expect(configuration.grace == .seconds(7) && configuration.deadline == nil)
        let retry = RetryPolicy(attempts: 8, base: .milliseconds(9), cap: .seconds(600))
        #expect(configuration.retry == retry)
        #expect(configuration.deadLetterRoot == "dead" && configuration.require == .standard)
        #expect(configuration.sessionExpiry == .seconds(3600) && configuration.keepAlive == .seconds(12))
        #expect(configuration.maximumPacketSize == 1000)
        #expect(configuration.stateRoot == "s" && configuration.stateDirectory == "/d")
        #expect(configuration.checkpointSize == 2_000_000 && configuration.stateMemory == 3)
        #expect(configuration.seedingPatience == .seconds(4) && configuration.quotaPatience == .seconds(5))
        #expect(configuration.messageIdentifierProperty == "id")
    }

    @Test("A secret is taken from a file or the environment, and never from a flag")
    func secrets() throws {
        #expect(message(["--password", "p"]).hasSuffix("in the list of processes: set MARTLET_PASSWORD"))
        let path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path()
        try Data("word\nmore".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let reader = try sources(["--password-file", path]).reader
        #expect(try WorkerConfiguration(name: "w", config: reader).password == "word")
        let missing = try sources(["--password-file", path + "-missing"]).reader
        #expect(throws: WorkerError.self) { try WorkerConfiguration(name: "w", config: missing) }
    }

    @Test("Settings of TLS without TLS are an error")
    func idleTLS() throws {
        let reader = try sources(["--tls-ca", "ca.pem"]).reader
        let error = #expect(throws: WorkerError.self) { try WorkerConfiguration(name: "w", config: reader) }
        #expect(error?.message.contains("no mqtts:// or wss:// URL") == true)
    }

    @Test("What nobody knows is an error that suggests what was meant, wherever it stands")
    func unknown() {
        #expect(message(["--thread", "1"]) == "unknown flag --thread; did you mean --threads?")
        #expect(message(["--retry-attemps", "1"]) == "unknown flag --retry-attemps; did you mean --retry-attempts?")
        #expect(message(["--zzzzzz", "1"]) == "unknown flag --zzzzzz")
        #expect(message(["broker"]).contains("unexpected argument 'broker'"))
        #expect(
            message([], ["MARTLET_BORKER": "x"])
                == "unknown environment variable MARTLET_BORKER; did you mean MARTLET_BROKER?"
        )
        #expect(message(file: #"{"retry": {"atempts": 1}}"#).hasSuffix("retry.atempts; did you mean retry.attempts?"))
        #expect(message(file: #"{"retries": {"cap": "1s"}}"#).contains("retries.cap"))
    }

    @Test("A file may be YAML, with the same keys and the same rules", arguments: ["yaml", "yml"])
    func yaml(extension: String) throws {
        let file = """
            # what this worker is told
            threads: 3
            grace: 3s
            retry:
              attempts: 4
              cap: "1m"
            dryRun: true
            limits: {maximumItems: 5}
            """
        let reader = try sources(file: file, extension: `extension`).reader
        let configuration = try WorkerConfiguration(name: "w", config: reader)
        #expect(configuration.threads == 3)
        #expect(configuration.grace == .seconds(3))
        #expect(configuration.retry.attempts == 4 && configuration.retry.cap == .seconds(60))
        #expect(reader.bool(forKey: "dryRun") == true)
        #expect(reader.int(forKey: "limits.maximumItems") == 5)
        #expect(
            message(file: "retry:\n  atempts: 1\n", extension: `extension`)
                .hasSuffix("retry.atempts; did you mean retry.attempts?")
        )
        #expect(message(file: "a: [", extension: `extension`).hasSuffix("can not be read as YAML"))
        #expect(message(file: "threads: [1]", extension: `extension`).contains("threads in "))
        #expect(message(file: "threads: [1]", extension: `extension`).hasSuffix("is a list, and no setting is one"))
        #expect(message(file: "retry: {base: }", extension: `extension`).hasSuffix("has no value"))
        #expect(message(file: "broker:", extension: `extension`).hasPrefix("broker in "))
        #expect(message(file: "only text", extension: `extension`).hasSuffix("must hold an object of settings"))
    }

    @Test(
        "A text of YAML is what stands there, quoted or not",
        arguments: ["012345", "1_000", "123456789012345678901234", "1.50", "0x1F", "yes", "1e3", "12:30:00"]
    )
    func yamlTexts(text: String) throws {
        for written in [text, "'\(text)'"] {
            let reader = try sources(file: "token: \(written)", extension: "yaml").reader
            #expect(reader.string(forKey: "token") == text)
        }
    }

    @Test("A document of YAML that unfolds without end is an error", .timeLimit(.minutes(1)))
    func yamlBomb() {
        let lines = (0..<9).map { level in
            let names = (0..<9).map { "k\($0): *a\(level)" }.joined(separator: ", ")
            return "b\(level): &a\(level + 1) {\(names)}"
        }
        let bomb = (["b: &a0 {x: y}"] + lines).joined(separator: "\n")
        #expect(message(file: bomb, extension: "yaml").contains("too many members"))
    }

    @Test("A variable of another program, or of Kubernetes for a service of that name, is not looked at")
    func foreignVariables() throws {
        let environment = [
            "MARTLET_ADMIN_URL": "http://x", "MARTLET_BROKER_SERVICE_HOST": "10.0.0.1",
            "MARTLET_BROKER_PORT": "tcp://10.0.0.1:1883", "MARTLET_THREADS": "3",
        ]
        let sources = try sources([], environment)
        #expect(
            sources.unknownVariables
                == ["MARTLET_ADMIN_URL", "MARTLET_BROKER_PORT", "MARTLET_BROKER_SERVICE_HOST"]
        )
        #expect(sources.reader.int(forKey: "threads") == 3)
    }

    @Test("A value of another kind is an error that says what is needed")
    func kinds() {
        #expect(message(["--threads", "many"]) == "--threads needs a whole number, not 'many'")
        #expect(message([], ["MARTLET_GRACE": "soon"]).hasPrefix("MARTLET_GRACE needs a time such as 500ms"))
        #expect(message(file: #"{"require": "D"}"#).contains("needs one of A, B, C, not 'D'"))
        #expect(message(["--threads"]) == "--threads needs a whole number")
        #expect(message(["--threads", "--slots", "1"]) == "--threads needs a whole number")
        #expect(message(["--threads", "1", "--threads", "2"]) == "--threads is given twice")
        #expect(message(file: "[]").hasSuffix("can not be read as JSON"))
        #expect(message(file: "7").hasSuffix("must hold an object of settings"))
        #expect(message(["--config", "/nowhere/at/all.json"]).contains("can not be read"))
        #expect(message(file: #"{"config": "other.json"}"#).contains("can not name another file"))
    }

    @Test("A toggle is true by its flag alone, and a secret is not repeated")
    func togglesAndSecrets() throws {
        #expect(try sources(["--dry-run"]).reader.bool(forKey: "dryRun") == true)
        #expect(try sources(["--dry-run", "false"]).reader.bool(forKey: "dryRun") == false)
        #expect(try sources([], [:], file: #"{"dryRun": true}"#).reader.bool(forKey: "dryRun") == true)
        #expect(message(["--dry-run=perhaps"]) == "--dry-run needs true or false, not 'perhaps'")
        #expect(try sources([], ["MARTLET_TOKEN": "s3cret"]).reader.string(forKey: "token") == "s3cret")
        #expect(!message(["--token=s3cret"]).contains("s3cret"))
    }

    @Test("The help lists every setting with its variable, its key and its default")
    func help() throws {
        #expect(try sources(["--help", "--nonsense"]).asksForHelp)
        let text = SettingHelp(name: "w", summary: "Works.", settings: WorkerConfiguration.settings + own).text
        for setting in WorkerConfiguration.settings + own {
            #expect(text.contains("\(setting.flag) <") != setting.isSecret, "\(setting.flag)")
            #expect(text.contains("\(setting.variable); key: \(setting.key)"))
        }
        #expect(text.contains("How long a stop waits for handlers (default: 30s)"))
        #expect(text.hasPrefix("Works.\n\nUSAGE: w"))
    }

    @Test("Two settings with one name are the program's mistake")
    func twice() {
        #expect(throws: WorkerError.self) {
            try SettingCatalog([Setting("dryRun", .toggle, ""), Setting("dry.run", .toggle, "")])
        }
    }
}
