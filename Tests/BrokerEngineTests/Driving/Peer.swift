import BrokerEngine
import MQTTPackets
import NIOCore

/// A fake client: packets in, packets out, no rule of its own.
final class Peer {
    let name: String
    let handle: ConnectionHandle
    /// Whether the connection is gone, whoever ended it.
    var isClosed = false
    /// Whether the socket takes what is written to it.
    var isWritable = true
    /// Bytes the engine has not taken yet.
    var unsent: [UInt8] = []
    /// Packets that came and were not taken by the test.
    var inbox: [Packet] = []
    /// Bytes that are no packet.
    private(set) var error: PacketError?
    /// Bytes that came since the start.
    private(set) var receivedBytes = 0
    /// The first bytes that came, when ``keepsBytes`` is set.
    private(set) var receivedStart: [UInt8] = []
    var keepsBytes = false
    private(set) var version = ProtocolVersion.v5
    /// Whether the broker can only have taken the version that the peer reads in: false once CONNECT went as bytes.
    private(set) var speaksItsVersion = false
    /// Whether it gives topics numbers, and puts topics in the place of the broker's numbers.
    var usesAliases = false
    private var sentAliases: [UInt16: String] = [:]
    private var receivedAliases: [UInt16: String] = [:]
    private var received = ByteBuffer()
    private var sentBytes = 0
    private var lastIdentifier: UInt16 = 0
    /// Kept alive by its peers: a test may look at what comes to one without naming the harness.
    private let harness: EngineHarness

    init(name: String, handle: ConnectionHandle, harness: EngineHarness) {
        self.name = name
        self.handle = handle
        self.harness = harness
    }

    /// Bytes from the broker.
    func take(_ bytes: ByteBuffer) {
        receivedBytes += bytes.readableBytes
        if keepsBytes { receivedStart += Array(bytes.readableBytesView.prefix(16)) }
        received.writeImmutableBuffer(bytes)
        var decoder = PacketDecoder(version: version, direction: .toClient)
        do throws(PacketError) {
            while let packet = try decoder.decode(&received) {
                inbox.append(usesAliases ? resolved(packet) : packet)
            }
        } catch {
            self.error = error
        }
    }

    private func resolved(_ packet: Packet) -> Packet {
        guard case .publish(var publish) = packet, let alias = publish.properties.topicAlias else { return packet }
        publish.properties.topicAlias = nil
        if publish.topic.isEmpty {
            publish.topic = receivedAliases[alias] ?? "an alias without a topic"
        } else {
            receivedAliases[alias] = publish.topic
        }
        return .publish(publish)
    }

    /// The topic and the alias that a message is sent with: three numbers for all topics.
    private func aliased(_ topic: String) -> (topic: String, alias: UInt16?) {
        guard usesAliases, version == .v5 else { return (topic, nil) }
        var sum = 0
        for byte in topic.utf8 { sum += Int(byte) }
        let alias = UInt16(sum % 3 + 1)
        if sentAliases[alias] == topic { return ("", alias) }
        sentAliases[alias] = topic
        return (topic, alias)
    }

    // MARK: Sending

    /// Sends a packet.
    func send(_ packet: Packet) {
        if case .connect(let connect) = packet {
            speaksItsVersion = unsent.isEmpty && sentBytes == 0
            version = connect.version
        }
        var buffer = ByteBuffer()
        packet.encode(into: &buffer, version: version)
        send(bytes: Array(buffer.readableBytesView))
    }

    /// Sends bytes.
    func send(bytes: [UInt8]) {
        sentBytes += bytes.count
        unsent.append(contentsOf: bytes)
        harness.receive(self)
    }

    /// The next packet identifier.
    func identifier() -> UInt16 {
        lastIdentifier = lastIdentifier == .max ? 1 : lastIdentifier + 1
        return lastIdentifier
    }

    /// Subscribes to one filter; the packet identifier.
    @discardableResult
    func subscribe(
        _ filter: String,
        qos: QoS = .atLeastOnce,
        identifier subscription: UInt32? = nil,
        configure: (inout SubscribeFilter) -> Void = { _ in }
    ) -> UInt16 {
        var wish = SubscribeFilter(filter: filter, qos: qos)
        configure(&wish)
        let packet = identifier()
        send(
            .subscribe(
                Subscribe(
                    packetIdentifier: packet,
                    properties: SubscribeProperties(subscriptionIdentifier: subscription),
                    filters: [wish]
                )
            )
        )
        return packet
    }

    /// Unsubscribes from filters; the packet identifier.
    @discardableResult
    func unsubscribe(_ filters: String...) -> UInt16 {
        let packet = identifier()
        send(.unsubscribe(Unsubscribe(packetIdentifier: packet, filters: filters)))
        return packet
    }

    /// Publishes; the packet identifier, 0 for QoS 0.
    @discardableResult
    func publish(
        _ topic: String,
        _ payload: String = "",
        qos: QoS = .atLeastOnce,
        retain: Bool = false,
        properties: PublishProperties = PublishProperties()
    ) -> UInt16 {
        let packet = qos == .atMostOnce ? nil : identifier()
        let aliased = aliased(topic)
        var properties = properties
        if let alias = aliased.alias { properties.topicAlias = alias }
        send(
            .publish(
                Publish(
                    qos: qos,
                    retain: retain,
                    topic: aliased.topic,
                    packetIdentifier: packet,
                    properties: properties,
                    payload: ByteBuffer(string: payload)
                )
            )
        )
        return packet ?? 0
    }

    /// Acknowledges a delivery.
    func acknowledge(_ publish: Publish, reason: ReasonCode = .success) {
        guard let identifier = publish.packetIdentifier else { return }
        send(.puback(PubAck(packetIdentifier: identifier, reasonCode: reason)))
    }

    /// Says good-bye.
    func disconnect(_ reason: ReasonCode = .normalDisconnection, sessionExpiry: UInt32? = nil) {
        send(
            .disconnect(
                Disconnect(
                    reasonCode: reason,
                    properties: DisconnectProperties(sessionExpiryInterval: sessionExpiry)
                )
            )
        )
    }

    /// Whether the engine takes nothing of it for now.
    var isPaused: Bool { harness.engine.isPaused(handle) }

    /// The network breaks.
    func cut() { harness.cut(self) }

    // MARK: Taking what came

    /// All packets that came.
    func take() -> [Packet] {
        defer { inbox = [] }
        return inbox
    }

    /// The PUBLISH packets that came; the others stay.
    func takePublishes() -> [Publish] {
        var publishes: [Publish] = []
        inbox.removeAll { packet in
            guard case .publish(let publish) = packet else { return false }
            publishes.append(publish)
            return true
        }
        return publishes
    }

    /// The payloads of the PUBLISH packets that came, as text; the others stay.
    func takePayloads() -> [String] { takePublishes().map(\.text) }

    /// The PUBLISH packets that came, each acknowledged; the others stay.
    @discardableResult
    func takeAndAcknowledge() -> [Publish] {
        var all: [Publish] = []
        while true {
            let some = takePublishes()
            if some.isEmpty { return all }
            for publish in some { acknowledge(publish) }
            all += some
        }
    }

    /// The PUBACKs that came; the others stay.
    func takePubAcks() -> [PubAck] {
        var acknowledgements: [PubAck] = []
        inbox.removeAll { packet in
            guard case .puback(let acknowledgement) = packet else { return false }
            acknowledgements.append(acknowledgement)
            return true
        }
        return acknowledgements
    }

    /// The reason of the last DISCONNECT that came.
    var disconnectReason: ReasonCode? {
        for case .disconnect(let disconnect) in inbox.reversed() { return disconnect.reasonCode }
        return nil
    }

    /// The last CONNACK that came.
    var connAck: ConnAck? {
        for case .connack(let answer) in inbox.reversed() { return answer }
        return nil
    }

    /// The last SUBACK that came.
    var subAck: SubAck? {
        for case .suback(let answer) in inbox.reversed() { return answer }
        return nil
    }

    /// The last UNSUBACK that came.
    var unsubAck: UnsubAck? {
        for case .unsuback(let answer) in inbox.reversed() { return answer }
        return nil
    }
}

extension Publish {
    /// The payload as text.
    var text: String { String(buffer: payload) }
}
