import ArgumentParser
import Foundation
import Logging
import MQTTClient
import NIOCore

/// How a client subcommand reaches a broker; it works with any MQTT 5 broker.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The host of the broker (default: 127.0.0.1).")
    var host: String?

    @Option(name: .shortAndLong, help: "The port of the broker (default: 1883, with --tls 8883).")
    var port: Int?

    @Option(help: ArgumentHelp("A Unix socket of the broker, in place of host and port.", valueName: "path"))
    var unix: String?

    @Option(
        help: ArgumentHelp(
            "Where the broker is, in place of host and port: mqtt://, mqtts://, ws://, wss:// or unix:PATH.",
            valueName: "url"
        )
    )
    var url: String?

    @OptionGroup(title: "TLS")
    var secure: TLSOptions

    @Option(
        name: .customLong("id"),
        help: ArgumentHelp("The client identifier (default: a new one).", valueName: "identifier")
    )
    var identifier: String?

    @Option(help: "The user name; the password is read from --password-file or MARTLET_PASSWORD.")
    var username: String?

    @Option(help: ArgumentHelp("Read the password from the first line of this file.", valueName: "path"))
    var passwordFile: String?

    @Option(help: ArgumentHelp("Log from this level up, to standard error.", valueName: "level"))
    var logLevel = LogLevel.error

    func validate() throws {
        guard port.map({ (1...65_535).contains($0) }) ?? true else {
            throw ValidationError("--port is a number from 1 to 65535")
        }
        let ways = [url != nil, unix != nil, host != nil || port != nil].count { $0 }
        guard ways <= 1 else { throw ValidationError("give one of --url, --unix, and --host with --port") }
        _ = try endpoint()
    }

    /// Where the broker is.
    private func endpoint() throws -> MQTTEndpoint {
        var endpoint: MQTTEndpoint
        do throws(MQTTClientError) {
            if let url {
                endpoint = try MQTTEndpoint(url: url)
            } else if let unix {
                endpoint = .unixSocket(path: unix)
            } else {
                endpoint = .tcp(host: host ?? "127.0.0.1", port: port ?? (secure.isOn ? 8883 : 1883))
            }
        } catch {
            throw ValidationError(error.message)
        }
        try secure.apply(to: &endpoint)
        return endpoint
    }

    /// The configuration of a client that fails at once where no broker answers, and afterwards comes back after each loss.
    ///
    /// - Throws: `CommandFailure` when the file of the password can not be read.
    func configuration(for command: String) throws -> MQTTClientConfiguration {
        let unique = "martlet-\(command)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        var configuration = MQTTClientConfiguration(endpoint: try endpoint(), clientIdentifier: identifier ?? unique)
        configuration.retriesFirstConnection = false
        configuration.cleanStart = true
        configuration.sessionExpiry = .zero
        configuration.backoff = MQTTBackoff(base: .milliseconds(50), cap: .seconds(2))
        configuration.username = username
        if username != nil { configuration.password = try password().map(ByteBuffer.init(string:)) }
        return configuration
    }

    private func password() throws -> String? {
        guard let passwordFile else { return ProcessInfo.processInfo.environment["MARTLET_PASSWORD"] }
        guard let bytes = FileManager.default.contents(atPath: passwordFile) else {
            throw CommandFailure("the password can not be read from \(passwordFile)")
        }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    /// A logger for the subcommand.
    func logger(for command: String) -> Logger {
        logLevel.logger(label: "martlet.\(command)")
    }
}
