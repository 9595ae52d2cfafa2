import DequeModule
import Logging
import MQTTPackets
import MQTTSessions
import MQTTTransport
import Metrics
import NIOCore
import NIOPosix
import Synchronization

/// The client's state; it lives on the event loop of its connections and outlives each of them.
///
/// Work comes in turns: a burst of packets, a batch of commands or a timer. A turn first settles the state and gathers
/// what follows; its end sends, flushes once, hands deliveries over and answers tasks.
actor ClientCore {
    /// How many bytes of packets are gathered before they go to the network within a turn.
    static let bytesPerWrite = 64 * 1_024
    /// A connection that is lost sooner counts as short.
    static let shortConnection = Duration.seconds(1)
    /// After how many short connections in a row the log says so.
    static let shortConnectionsBeforeWarning = 5

    nonisolated let eventLoop: any EventLoop
    // Kept, because an actor does not keep its executor alive.
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    nonisolated let configuration: MQTTClientConfiguration
    nonisolated let clock: ClientClock
    nonisolated let inbox: ClientInbox
    nonisolated let deliveries: Handoff<MQTTDelivery>
    nonisolated let events: Handoff<MQTTEvent>
    nonisolated let listeners: ListenerBook
    /// What the server said about the present connection, for any thread.
    nonisolated let information = Mutex<MQTTConnectionInformation?>(nil)
    let metrics = ClientMetrics()
    let logger: Logger

    // The connection.
    var phase = ClientPhase.idle
    /// The number of the present or last connection.
    var connectionNumber: UInt64 = 0
    var connectionTask: Task<Void, Never>?
    var connectionWaiter: CheckedContinuation<ConnectionEnd, Never>?
    var phaseDeadline: Duration?
    var connectedAt: Duration?
    /// What the server said about the present connection.
    var server: MQTTConnectionInformation?
    var hasSession = false
    /// How many connections in a row were lost without a word soon after the server took them.
    var shortConnections = 0
    /// The identifier that the server gave, if the configuration has none.
    var assignedClientIdentifier: String?
    var keepAlive: KeepAlive?
    var backoff: Backoff
    var outbound = ByteBuffer()
    var hasHeard = false
    /// Whether the client proves again who it is.
    var isProvingAgain = false
    /// The topics that the server gave numbers on the present connection, and those that the client gave.
    var incomingAliases: [UInt16: String] = [:]
    var outgoingAliases: [String: UInt16] = [:]
    var maximumOutgoingAlias: UInt16 = 0

    // The run.
    var hasRun = false
    var stop: ClientStop?
    var pauseEnd: Duration?
    var pauseWaiter: CheckedContinuation<Void, Never>?
    var closeWaiters: [CheckedContinuation<Void, Never>] = []
    var connectionAwaiters: [UInt64: Reply<MQTTConnectionInformation>] = [:]

    // What goes out.
    var identifiers = PacketIdentifiers()
    var window = OutgoingWindow<PublishOperation>(limit: Int(UInt16.max))
    var queue: Deque<PublishOperation> = []
    var earliestPublishDeadline: Duration?
    var subscriptions = SubscriptionBook()
    var requests: RequestBook

    // What comes in.
    var acknowledgements: OrderedAcknowledgements
    /// The handshakes of QoS 2; part of the session.
    var handshakes = IncomingHandshakes()
    /// Whether the server went past the Receive Maximum on the present connection.
    var isOverrun = false
    var emptied = ClientInbox.Contents()

    // The turn and the timer.
    var turn = ClientTurn()
    var timer: Task<Void, Never>?
    var timerNumber: UInt64 = 0
    var timerDeadline: Duration?

    init(
        configuration: MQTTClientConfiguration,
        listeners: ListenerBook,
        deliveries: Handoff<MQTTDelivery>,
        events: Handoff<MQTTEvent>,
        logger: Logger
    ) {
        let group = configuration.eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        self.eventLoop = group.next()
        self.executor = self.eventLoop.executor
        self.configuration = configuration
        self.clock = ClientClock(configuration.clock)
        self.inbox = ClientInbox(limits: configuration.queueLimits)
        self.listeners = listeners
        self.deliveries = deliveries
        self.events = events
        self.backoff = Backoff(base: configuration.backoff.base, cap: configuration.backoff.cap)
        self.requests = RequestBook(
            defaultTopic: configuration.responseTopic,
            clientIdentifier: configuration.clientIdentifier,
            nonce: configuration.randomness()
        )
        self.acknowledgements = OrderedAcknowledgements(capacity: configuration.acknowledgementCapacity)
        var logger = logger
        if !configuration.clientIdentifier.isEmpty {
            logger[metadataKey: "mqtt_client"] = "\(configuration.clientIdentifier)"
        }
        self.logger = logger
        self.inbox.attach { [weak self, eventLoop = self.eventLoop] in
            eventLoop.execute { self?.onLoop { $0.drain() } }
        }
    }

    /// Does something with the state at once.
    ///
    /// - Parameter body: What to do.
    nonisolated func onLoop(_ body: (isolated ClientCore) -> Void) {
        // Safe because only callbacks of the event loop, which is this actor's executor, come here; it is checked at run time.
        self.assumeIsolated(body)
    }

    /// Works on what other threads asked for.
    func drain() {
        var contents = self.inbox.take(self.emptied)
        self.emptied = ClientInbox.Contents()
        for position in contents.acknowledgements where position.connection == self.connectionNumber {
            self.acknowledgements.finish(position.sequence)
        }
        for number in contents.finished { self.finished(number) }
        for number in contents.letGo { self.handshakes.letGo(number) }
        var cancelled: Set<UInt64> = []
        for command in contents.commands {
            switch command {
            case .publish(let operation): self.enqueue(operation)
            case .subscription(let operation): self.begin(operation)
            case .request(let operation): self.begin(operation)
            case .awaitConnection(let number, let reply): self.awaitConnection(number, reply)
            case .cancel(let number): cancelled.insert(number)
            case .reauthenticate: self.proveAgain()
            case .close(let endingSession, let sendingWill, let waiter):
                self.close(endingSession: endingSession, sendingWill: sendingWill, waiter)
            case .abort: self.abort()
            }
        }
        if !cancelled.isEmpty { self.cancel(cancelled) }
        contents.acknowledgements.removeAll(keepingCapacity: true)
        contents.finished.removeAll(keepingCapacity: true)
        contents.letGo.removeAll(keepingCapacity: true)
        contents.commands.removeAll(keepingCapacity: true)
        self.emptied = contents
        self.endTurn()
    }

    /// Does what the turn gathered: sends, flushes, hands over and answers.
    func endTurn() {
        self.send()
        let turn = self.turn
        self.turn = ClientTurn()
        if !turn.deliveries.isEmpty {
            let dropped = self.deliveries.offer(turn.deliveries)
            if dropped > 0 { self.metrics.droppedQoS0.increment(by: dropped) }
        }
        if turn.releasedMessages > 0 {
            self.inbox.release(messages: turn.releasedMessages, bytes: turn.releasedBytes)
        }
        for answer in turn.answers { answer.give() }
        self.count(turn)
        self.armTimer()
    }

    private func count(_ turn: ClientTurn) {
        if turn.received > 0 { self.metrics.received.increment(by: turn.received) }
        if turn.acknowledged > 0 { self.metrics.acknowledged.increment(by: turn.acknowledged) }
        if turn.published > 0 { self.metrics.published.increment(by: turn.published) }
        if turn.unmatchedResponses > 0 { self.metrics.unmatchedResponses.increment(by: turn.unmatchedResponses) }
        if turn.published > 0 || turn.releasedMessages > 0 {
            self.metrics.waiting.record(self.queue.count + self.window.count)
        }
    }

    /// Sends what may be sent now, in few writes.
    private func send() {
        guard case .connected(let connection) = self.phase else { return }
        self.sendAcknowledgements()
        self.sendSubscriptions()
        // A flush may close the connection under our hands: look each time.
        while connection.isWritable, case .connected = self.phase, self.sendNextPublish() {
            if self.outbound.readableBytes >= Self.bytesPerWrite { self.flush(connection) }
        }
        self.flush(connection)
    }

    /// Hands what was gathered to the network.
    func flush(_ connection: ClientConnection) {
        guard self.outbound.readableBytes > 0 else { return }
        let buffer = self.outbound
        self.outbound = ByteBuffer()
        self.keepAlive?.sent(at: self.clock.now())
        connection.send(buffer)
    }

    /// Adds a packet to what will be sent.
    func write(_ packet: Packet) {
        packet.encode(into: &self.outbound, version: .v5)
    }
}
