public import Configuration
import Logging
import MQTTClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WorkerConfiguration {
    /// The settings that every worker has; see ``init(name:config:)``.
    public static let settings: [Setting] = {
        let standard = WorkerConfiguration(name: "")
        return [
            Setting(
                "broker",
                .text,
                "Where the broker is: HOST[:PORT], mqtt://, mqtts://, ws://, wss:// or unix:PATH",
                standard: "127.0.0.1:1883"
            ),
            Setting("tls.ca", .text, "The file of the authorities that are trusted, in PEM", standard: "the machine's"),
            Setting("tls.certificate", .text, "The file of the worker's certificate, in PEM"),
            Setting("tls.key", .text, "The file of its private key, in PEM"),
            Setting("tls.serverName", .text, "The name that the broker's certificate must have", standard: "the host"),
            Setting("username", .text, "The user name to authenticate with"),
            Setting("password", .text, "The password to authenticate with", isSecret: true),
            Setting("passwordFile", .text, "The file whose first line is the password"),
            Setting("name", .text, "The name that all replicas share", standard: "the program's"),
            Setting("replica", .text, "What tells this replica from the others, always the same", standard: "HOST-N"),
            Setting("group", .text, "The group that shares the messages", standard: "the name"),
            Setting("threads", .integer, "How many threads run handlers", standard: "\(standard.threads)"),
            Setting(
                "slots",
                .integer,
                "How many messages are held at once (Receive Maximum)",
                standard: "\(slotsPerThread) for each thread"
            ),
            Setting("grace", .duration, "How long a stop waits for handlers", standard: standard.grace.settingText),
            Setting(
                "deadline",
                .duration,
                "How long one attempt of a handler may take",
                standard: standard.deadline?.settingText ?? "none"
            ),
            Setting(
                "retry.attempts",
                .integer,
                "How often a handler runs for one message at the most",
                standard: "\(standard.retry.attempts)"
            ),
            Setting(
                "retry.base",
                .duration,
                "The longest wait after the first attempt",
                standard: standard.retry.base.settingText
            ),
            Setting("retry.cap", .duration, "The longest wait of all", standard: standard.retry.cap.settingText),
            Setting(
                "deadLetterRoot",
                .text,
                "Below which topic dead letters go",
                standard: standard.deadLetterRoot
            ),
            Setting(
                "require",
                .choice(["A", "B", "C"]),
                "The guarantee level without which the worker does not start",
                standard: standard.require.letter
            ),
            Setting("state.root", .text, "Below which name the state stands in the store", standard: "the name"),
            Setting(
                "state.directory",
                .text,
                "Where the checkpoint of the state is kept; none for no checkpoint",
                standard: "~/.local/state/martlet"
            ),
            Setting(
                "state.checkpointSize",
                .integer,
                "How many bytes the checkpoint may have",
                standard: "\(standard.checkpointSize)"
            ),
            Setting(
                "state.memory",
                .integer,
                "About how many bytes of state are kept in memory",
                standard: "\(standard.stateMemory)"
            ),
            Setting(
                "state.seedingPatience",
                .duration,
                "How long a store that lost its content waits for replicas that do not come",
                standard: standard.seedingPatience.settingText
            ),
            Setting(
                "state.quotaPatience",
                .duration,
                "How long a commit for which there is no room is tried before its attempt has failed",
                standard: standard.quotaPatience.settingText
            ),
            Setting(
                "messageId",
                .text,
                "Which user property identifies a message, where the broker does not (level B)",
                standard: standard.messageIdentifierProperty
            ),
            Setting(
                "sessionExpiry",
                .duration,
                "How long the broker keeps the session of a replica that is away",
                standard: standard.sessionExpiry.settingText
            ),
            Setting(
                "keepAlive",
                .duration,
                "The longest silence on the connection",
                standard: standard.keepAlive.settingText
            ),
            Setting(
                "maximumPacketSize",
                .integer,
                "The largest message that is taken, in bytes",
                standard: "\(standard.maximumPacketSize)"
            ),
        ]
    }()

    /// Reads a configuration; what nobody says anything about stays as it is by default.
    ///
    /// The reader is not scoped: give it scoped if the worker's keys lie below another. ``settings`` lists the keys.
    ///
    /// - Parameters:
    ///   - name: The name of the worker if the key `name` is not set.
    ///   - config: Where to read.
    /// - Throws: ``WorkerError`` that names the key whose value can not be.
    public init(name: String, config: ConfigReader) throws(WorkerError) {
        self.init(name: config.string(forKey: "name", default: name))
        if let text = config.string(forKey: "broker") {
            broker = try MQTTEndpoint.parse(setting: text)
        }
        broker.tls = try Self.tls(config, broker)
        username = config.string(forKey: "username")
        password = try Self.password(config)
        replica = config.string(forKey: "replica")
        group = config.string(forKey: "group")
        threads = config.int(forKey: "threads", default: threads)
        slots = config.int(forKey: "slots")
        grace = config.duration(forKey: "grace") ?? grace
        if let text = config.string(forKey: "deadline") { deadline = Duration(setting: text) }
        retry = RetryPolicy(
            attempts: config.int(forKey: "retry.attempts", default: retry.attempts),
            base: config.duration(forKey: "retry.base") ?? retry.base,
            cap: config.duration(forKey: "retry.cap") ?? retry.cap
        )
        deadLetterRoot = config.string(forKey: "deadLetterRoot", default: deadLetterRoot)
        if let letter = config.string(forKey: "require") {
            guard let level = GuaranteeLevel(letter: letter) else {
                throw WorkerError(.invalidSetting, "require must be A, B or C, not '\(letter)'")
            }
            require = level
        }
        stateRoot = config.string(forKey: "state.root")
        let directory = config.string(forKey: "state.directory") ?? Self.defaultStateDirectory
        stateDirectory = directory == "none" ? nil : directory
        checkpointSize = Int64(config.int(forKey: "state.checkpointSize", default: Int(checkpointSize)))
        stateMemory = config.int(forKey: "state.memory", default: stateMemory)
        seedingPatience = config.duration(forKey: "state.seedingPatience") ?? seedingPatience
        quotaPatience = config.duration(forKey: "state.quotaPatience") ?? quotaPatience
        messageIdentifierProperty = config.string(forKey: "messageId", default: messageIdentifierProperty)
        sessionExpiry = config.duration(forKey: "sessionExpiry") ?? sessionExpiry
        keepAlive = config.duration(forKey: "keepAlive") ?? keepAlive
        maximumPacketSize = config.int(forKey: "maximumPacketSize", default: maximumPacketSize)
    }

    private static func tls(_ config: ConfigReader, _ broker: MQTTEndpoint) throws(WorkerError) -> MQTTTLS? {
        let keys = ["tls.ca", "tls.certificate", "tls.key", "tls.serverName"]
        let values = keys.map { config.string(forKey: ConfigKey($0)) }
        guard var settings = broker.tls else {
            if let index = values.firstIndex(where: { $0 != nil }) {
                throw WorkerError(.invalidSetting, "\(keys[index]) is set, but the broker is no mqtts:// or wss:// URL")
            }
            return nil
        }
        guard (values[1] == nil) == (values[2] == nil) else {
            throw WorkerError(.invalidSetting, "tls.certificate and tls.key belong together")
        }
        settings.trustedAuthorities = values[0]
        settings.certificateChain = values[1]
        settings.privateKey = values[2]
        settings.serverName = values[3]
        return settings
    }

    private static func password(_ config: ConfigReader) throws(WorkerError) -> String? {
        let password = config.string(forKey: "password", isSecret: true)
        guard let path = config.string(forKey: "passwordFile") else { return password }
        guard password == nil else { throw WorkerError(.invalidSetting, "either password or passwordFile") }
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            throw WorkerError(.invalidSetting, "the password can not be read from \(path)")
        }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    /// Where a program keeps what it can do without: the user's folder for state, of this system's convention.
    static var defaultStateDirectory: String? {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return "\(folder)/martlet" }
        return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.local/state/martlet" : nil }
    }
}
