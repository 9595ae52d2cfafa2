import Glibc
import Logging
import MQTTClient
import MartletBroker
import NIOCore
import StateStore

/// The engine that executes: a whole Martlet broker inside the process, without a listener, and two clients of it.
///
/// So facts, pages, recovery, cleaning, expiry and group commit are the broker's own. One client carries the requests of the foreign
/// broker's clients and is offered the plain protocol only; the other one, with our extension, keeps the service's books.
struct InnerBroker: Sendable {
    /// Where answers to the requests come.
    static let answersTopic = "martlet-state-store/answers"
    private static let requestsIdentifier = "martlet-state-store-requests"
    private static let booksIdentifier = "martlet-state-store-books"
    /// How long the books wait for an answer.
    private static let timeout = Duration.seconds(30)
    /// How many keys a page of the books has.
    private static let keysPerPage = 500

    let broker: Broker
    let requests: MQTTClient
    let books: MQTTClient

    init(_ configuration: StateStoreServiceConfiguration, logger: Logger) {
        var settings = BrokerConfiguration()
        settings.port = nil
        settings.storage = configuration.storage
        settings.acceptsDataLoss = configuration.acceptsDataLoss
        settings.systemTopicInterval = .zero
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let broker = Broker(configuration: settings, logger: quiet)
        self.broker = broker
        let endpoint = MQTTEndpoint.connector { try await Self.connect(broker) }
        var plain = MQTTClientConfiguration(endpoint: endpoint, clientIdentifier: Self.requestsIdentifier)
        plain.cleanStart = true
        plain.sessionExpiry = .zero
        plain.keepAlive = .zero
        plain.receiveMaximum = max(64, configuration.requests)
        requests = MQTTClient(configuration: plain, logger: quiet)
        plain.clientIdentifier = Self.booksIdentifier
        plain.userProperties = [MQTTUserProperty(StateStore.extensionProperty, "1")]
        books = MQTTClient(configuration: plain, logger: quiet)
    }

    /// Executes a command of the service's own.
    ///
    /// - Parameter command: The command.
    /// - Returns: The answer, and its version.
    /// - Throws: When no answer comes, or none that can be read.
    func execute(_ command: StateCommand) async throws -> (value: RESPValue, version: String?) {
        var properties = MQTTMessageProperties()
        let now = StateVersion(milliseconds: Self.milliseconds, counter: 0, node: "martlet-state-store")
        properties.userProperties = [MQTTUserProperty(StateStore.timestampProperty, now.text)]
        let message = MQTTMessage(
            topic: StateStore.requestTopic,
            payload: ByteBuffer(bytes: command.payload),
            properties: properties
        )
        let answer = try await books.request(message, timeout: Self.timeout)
        let payload = Array(answer.payload.readableBytesView)
        return (try RESPValue.parse(payload.span), answer.properties.userProperty(StateStore.timestampProperty))
    }

    /// Calls with each key of the service's books.
    func forEachBookedKey(_ body: ([UInt8]) -> Void) async throws {
        var cursor: [UInt8] = []
        repeat {
            let command = StateCommand.scan(prefix: WatchKey.prefix, cursor: cursor, count: Self.keysPerPage)
            guard let page = StatePage(try await execute(command).value) else { throw StateError.syntax }
            for entry in page.entries { body(entry.key) }
            cursor = page.cursor
        } while !cursor.isEmpty
    }

    /// The topic of a notification to the books, which tells the key.
    static func key(of topic: String) -> [UInt8]? {
        let topic = Array(topic.utf8)
        let client = Array(booksIdentifier.utf8)
        return StateNotification.key(ofTopic: topic.span, client: client.span)
    }

    /// The wall clock, in milliseconds since 1970.
    static var milliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func connect(_ broker: Broker) async throws -> CInt {
        var ends: [CInt] = [0, 0]
        // Safe because the array has the two places that the call fills in.
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw BrokerError(.bind, "A pair of sockets could not be made (errno \(errno)).")
        }
        do {
            try await broker.adopt(socket: ends[1])
            return ends[0]
        } catch {
            close(ends[0])
            throw error
        }
    }
}
