import ArgumentParser
import Glibc
import MQTTClient
import NIOCore

/// `martlet pub`: publishes one message, the same one often, or a message for each line.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pub",
        abstract: "Publish messages.",
        discussion: """
            EXAMPLES:
              martlet pub -t orders/1 -m '{"item": 7}'
              martlet pub -t firmware --file image.bin --retain
              martlet pub -t firmware -m '' --retain           # removes the retained message
              tail -f app.log | martlet pub -t logs/app --lines
              martlet pub -t orders/1 -m x --count 1000 --rate 100 -P tenant=north

            A message at QoS 1 is sent when the broker has acknowledged it. Lines keep their order.
            EXIT CODES: 0 all published, 1 not all, 64 wrong usage.
            """
    )

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    @Option(name: .shortAndLong, help: "The topic.")
    var topic: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The message.", valueName: "text"))
    var message: String?

    @Option(
        help: ArgumentHelp(
            "A file that is the message; with --lines, that holds a message a line. '-' is standard input.",
            valueName: "path"
        )
    )
    var file: String?

    @Flag(help: "A message for each line of standard input, or of --file.")
    var lines = false

    @Option(help: "The quality of service.")
    var qos = DeliveryQuality(.atLeastOnce)

    @Flag(help: "The broker keeps the message for later subscribers.")
    var retain = false

    @Option(
        name: [.customShort("P"), .long],
        help: ArgumentHelp("A user property; may be repeated.", valueName: "name=value")
    )
    var property: [NamedValue] = []

    @Option(help: ArgumentHelp("The broker drops the message when it is as old as this.", valueName: "seconds"))
    var expiry: UInt32?

    @Option(help: ArgumentHelp("What the payload is, such as application/json.", valueName: "type"))
    var contentType: String?

    @Option(help: ArgumentHelp("Where an answer is awaited.", valueName: "topic"))
    var responseTopic: String?

    @Option(help: "Publish the message so often (-m and --file).")
    var count = 1

    @Option(
        help: ArgumentHelp("At most so many messages a second (default: as fast as it goes).", valueName: "messages")
    )
    var rate: Double?

    @Option(help: ArgumentHelp("So many messages may wait for their acknowledgement.", valueName: "messages"))
    var window = 64

    @Option(help: ArgumentHelp("Give up on a message that is not acknowledged after so long.", valueName: "seconds"))
    var timeout = 30.0

    @Flag(help: "Print what was done as one line of JSON.")
    var json = false

    func validate() throws {
        let sources = (message == nil ? 0 : 1) + (lines || file != nil ? 1 : 0)
        guard sources == 1 else { throw ValidationError("give either --message, --file or --lines") }
        guard count >= 1 else { throw ValidationError("--count is at least 1") }
        guard count == 1 || !lines else { throw ValidationError("--count does not go with --lines") }
        guard rate.map({ $0 > 0 && $0.isFinite }) ?? true else { throw ValidationError("--rate is more than 0") }
        guard (1...65_535).contains(window) else { throw ValidationError("--window is from 1 to 65535") }
        guard timeout > 0, timeout.isFinite else { throw ValidationError("--timeout is more than 0") }
        guard !topic.isEmpty, !topic.contains(where: { "#+\0".contains($0) }) else {
            throw ValidationError("a message is published to one topic: '\(topic)' is empty or has wildcards")
        }
    }

    func run() async throws {
        let logger = connection.logger(for: "pub")
        let configuration = try connection.configuration(for: "pub")
        let command = self
        try await SignalledRun<Void>.run(logger: logger) {
            let source = try command.source()
            let started = ContinuousClock.now
            let tally = try await MQTTClient.withConnection(configuration, logger: logger, endingSession: true) {
                client in
                try await command.publish(source, by: client)
            }
            command.report(tally, seconds: (ContinuousClock.now - started).inSeconds)
            if tally.unheard > 0, !command.retain {
                // Not an error: who publishes need not know who listens. But a message that is gone is said to be.
                let gone = "\(tally.unheard) of \(tally.published) messages are gone"
                Output.write(Array("pub: nobody is subscribed to \(command.topic): \(gone)\n".utf8), to: STDERR_FILENO)
            }
            if let failure = tally.failure { throw CommandFailure("\(tally.failed) not published: \(failure)") }
        }
    }

    private func publish(_ source: @Sendable () async throws -> ByteBuffer?, by client: MQTTClient) async throws
        -> PublishTally
    {
        let publisher = PacedPublisher(client: client, window: window, rate: rate, timeout: .seconds(timeout))
        let template = emptyMessage
        var progress = lines || json || count < 1_000 ? nil : ProgressLine(total: count, on: .standardError)
        var left = lines ? Int.max : count
        defer { progress?.finish() }
        return try await publisher.publish {
            guard left > 0, let payload = try await source() else { return nil }
            left -= 1
            var message = template
            message.payload = payload
            return message
        } acknowledged: {
            progress?.show($0)
        }
    }

    /// Gives the payload of the next message.
    private func source() throws -> @Sendable () async throws -> ByteBuffer? {
        if lines {
            let input = try InputFile(path: file ?? "-")
            return { try await input.nextLine().map(ByteBuffer.init(bytes:)) }
        }
        let payload =
            if let file { ByteBuffer(bytes: try InputFile(path: file).readAll()) } else {
                ByteBuffer(string: message ?? "")
            }
        return { payload }
    }

    private var emptyMessage: MQTTMessage {
        var properties = MQTTMessageProperties()
        properties.expiry = expiry.map { .seconds(Int64($0)) }
        properties.contentType = contentType
        properties.responseTopic = responseTopic
        properties.userProperties = property.map(\.property)
        return MQTTMessage(
            topic: topic,
            payload: ByteBuffer(),
            qos: qos.quality,
            retain: retain,
            properties: properties
        )
    }

    private func report(_ tally: PublishTally, seconds: Double) {
        guard json else { return }
        let result = PublishResult(
            topic: topic,
            published: tally.published,
            unheard: tally.unheard,
            failed: tally.failed,
            seconds: seconds
        )
        Output.line(JSONLine.encode(result))
    }
}
