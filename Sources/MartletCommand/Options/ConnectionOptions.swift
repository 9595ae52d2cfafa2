import ArgumentParser
import Foundation
import Logging
import MQTTClient
import NIOCore

/// How a client subcommand reaches a broker; it works with any MQTT 5 broker.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The host of the broker.")
    var host = "127.0.0.1"

    @Option(name: .shortAndLong, help: "The port of the broker.")
    var port = 1_883

    @Option(help: ArgumentHelp("A Unix socket of the broker, in place of host and port.", valueName: "path"))
    var unix: String?

    @Option(
        name: .customLong("id"),
        help: ArgumentHelp("The client identifier (default: a new one).", valueName: "identifier")
    )
    var identifier: String?

    @Option(help: "The user name; the password is read from MARTLET_PASSWORD.")
    var username: String?

    @Option(help: ArgumentHelp("Log from this level up, to standard error.", valueName: "level"))
    var logLevel = LogLevel.error

    func validate() throws {
        guard (1...65_535).contains(port) else { throw ValidationError("--port is a number from 1 to 65535") }
    }

    /// The configuration of a client that fails at once where no broker answers, and afterwards comes back after each loss.
    func configuration(for command: String) -> MQTTClientConfiguration {
        let endpoint: MQTTEndpoint = unix.map { .unixSocket(path: $0) } ?? .tcp(host: host, port: port)
        let unique = "martlet-\(command)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        var configuration = MQTTClientConfiguration(endpoint: endpoint, clientIdentifier: identifier ?? unique)
        configuration.retriesFirstConnection = false
        configuration.cleanStart = true
        configuration.sessionExpiry = .zero
        configuration.backoff = MQTTBackoff(base: .milliseconds(50), cap: .seconds(2))
        configuration.username = username
        if let password = ProcessInfo.processInfo.environment["MARTLET_PASSWORD"], username != nil {
            configuration.password = ByteBuffer(string: password)
        }
        return configuration
    }

    /// A logger for the subcommand.
    func logger(for command: String) -> Logger {
        logLevel.logger(label: "martlet.\(command)")
    }
}
