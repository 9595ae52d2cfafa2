import ArgumentParser
import MQTTClient
import ServiceLifecycle

/// `martlet sub`: prints the messages that arrive.
struct SubscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sub",
        abstract: "Print the messages that arrive.",
        discussion: """
            EXAMPLES:
              martlet sub -t 'orders/#'
              martlet sub -t 'orders/#' --share printers     # each message to one member of the group
              martlet sub -t 'a/+' -t 'b/+' --count 10 --json
              martlet sub -t 'orders/#' --format '{topic} {payload}'
              martlet sub -t 'orders/#' --id audit --session 86400   # what comes while it is away waits

            FORMAT: {topic} {payload} {hex} {qos} {retain} {redelivered} {expiry} {content-type} {response-topic}
            {property:NAME}, and \\n, \\t, \\0. A message is acknowledged when its line has been written.
            EXIT CODES: 0 --count reached or stopped by a signal, 1 failed or timed out, 64 wrong usage.
            """
    )

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("A topic filter; may be repeated.", valueName: "filter"))
    var topic: [String]

    @Option(help: ArgumentHelp("Share the subscriptions with the other members of the group.", valueName: "group"))
    var share: String?

    @Option(help: "The highest quality of service.")
    var qos = DeliveryQuality(.atLeastOnce)

    @Option(help: ArgumentHelp("End after so many messages.", valueName: "messages"))
    var count: Int?

    @Option(help: ArgumentHelp("Fail when --count is not reached after so long.", valueName: "seconds"))
    var timeout: Double?

    @Flag(help: "Print each message as one line of JSON.")
    var json = false

    @Option(help: ArgumentHelp("How a message is printed (default: its payload and a newline).", valueName: "format"))
    var format: DeliveryFormat?

    @Flag(name: .customLong("no-retained"), help: "Leave out messages that were retained before.")
    var leavesOutRetained = false

    @Option(
        help: ArgumentHelp("Keep the session so long after leaving, and resume it; needs --id.", valueName: "seconds")
    )
    var session: UInt32?

    @Option(help: ArgumentHelp("Take so many messages before the first is acknowledged.", valueName: "messages"))
    var window = 64

    func validate() throws {
        guard !topic.isEmpty else { throw ValidationError("give at least one --topic") }
        guard !json || format == nil else { throw ValidationError("give either --json or --format") }
        guard count.map({ $0 >= 1 }) ?? true else { throw ValidationError("--count is at least 1") }
        guard timeout.map({ $0 > 0 && $0.isFinite }) ?? true else { throw ValidationError("--timeout is more than 0") }
        guard session == nil || connection.identifier != nil else { throw ValidationError("--session needs --id") }
        guard (1...65_535).contains(window) else { throw ValidationError("--window is from 1 to 65535") }
        if let share, share.isEmpty || share.contains(where: { "/#+".contains($0) }) {
            throw ValidationError("--share is a name without '/', '#' and '+'")
        }
    }

    func run() async throws {
        let logger = connection.logger(for: "sub")
        var configuration = try connection.configuration(for: "sub")
        configuration.receiveMaximum = min(window, count ?? window)
        if let session {
            configuration.cleanStart = false
            configuration.sessionExpiry = .seconds(Int64(session))
        }
        let command = self
        try await SignalledRun<Void>.run(logger: logger) { [configuration] in
            try await MQTTClient.withConnection(configuration, logger: logger, endingSession: command.session == nil) {
                client in
                try await command.subscribe(client)
                try await command.print(from: client)
            }
        }
    }

    private func subscribe(_ client: MQTTClient) async throws {
        let subscriptions = topic.map { filter in
            var subscription = MQTTSubscription(share.map { "$share/\($0)/\(filter)" } ?? filter, qos: qos.quality)
            subscription.retainAsPublished = true
            if leavesOutRetained { subscription.retainHandling = .doNotSend }
            return subscription
        }
        let answers = try await client.subscribe(subscriptions)
        for (filter, answer) in zip(topic, answers) where answer.isError {
            throw CommandFailure("the broker refused '\(filter)': \(answer)")
        }
    }

    private func print(from client: MQTTClient) async throws {
        let format = json ? DeliveryFormat.json : format ?? .payload
        let finished = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await cancelWhenGracefulShutdown {
                    var printed = 0
                    for await delivery in client.deliveries {
                        Output.write(format.line(for: delivery), to: 1)
                        delivery.acknowledge()
                        printed += 1
                        if printed == count { return true }
                    }
                    return count == nil || Task.isCancelled
                }
            }
            if let timeout {
                group.addTask {
                    try await Task.sleep(for: .seconds(timeout))
                    return false
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
        guard finished else { throw CommandFailure("timed out before --count was reached") }
    }
}
