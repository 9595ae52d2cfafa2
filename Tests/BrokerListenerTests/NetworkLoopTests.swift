import MQTTClient
import MQTTPackets
import MartletBroker
import NIOCore
import Testing

/// Sockets on loops of their own: what clients see is what they see without.
@Suite("Network loops", .timeLimit(.minutes(10)))
struct NetworkLoopTests {
    private func plain(_ port: Int?) -> MQTTEndpoint { .tcp(host: "127.0.0.1", port: port ?? 0) }

    @Test("Every way in leads to the one engine", arguments: [1, 3])
    func everyWay(loops: Int) async throws {
        let folder = try CertificateFolder()
        let authority = try folder.authority("authority")
        let pair = try folder.certificate("server", from: authority, hosts: ["localhost"])
        let secure = listener("secure") {
            $0.tls = BrokerListenerTLS(certificateChain: pair.certificate, privateKey: pair.key)
        }
        let web = listener("web") { $0.webSocket = BrokerListenerWebSocket() }
        try await withBroker([listener("plain"), secure, web], networkLoops: loops) { _, ports in
            var tls = MQTTTLS()
            tls.trustedAuthorities = authority.path
            let ways: [MQTTEndpoint] = [
                plain(ports["plain"]), .tls(host: "localhost", port: ports["secure"] ?? 0, tls),
                .webSocket(host: "localhost", port: ports["web"] ?? 0),
            ]
            try await withClient(plain(ports["plain"]), "taker") { taker in
                _ = try await taker.subscribe([MQTTSubscription("all/+", qos: .atLeastOnce)])
                for (number, way) in ways.enumerated() {
                    try await exchange(way, "exchanger-\(number)")
                    _ = try await withClient(way, "giver-\(number)") { giver in
                        try await giver.publish(MQTTMessage(topic: "all/\(number)", text: "from \(number)"))
                    }
                }
                var texts: [String] = []
                for await delivery in taker.deliveries {
                    texts.append(delivery.message.text)
                    delivery.acknowledge()
                    if texts.count == ways.count { break }
                }
                #expect(texts == ["from 0", "from 1", "from 2"])
            }
        }
    }

    @Test("Messages of many clients on all loops arrive once, and those of each in order")
    func order() async throws {
        let (writers, messages) = (6, 500)
        try await withBroker([listener("plain")], networkLoops: 3) { _, ports in
            try await withClient(plain(ports["plain"]), "taker") { taker in
                _ = try await taker.subscribe([MQTTSubscription("from/+", qos: .atLeastOnce)])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<writers {
                        group.addTask {
                            try await withClient(plain(ports["plain"]), "writer-\(writer)") { client in
                                for number in 0..<messages {
                                    let message = MQTTMessage(topic: "from/\(writer)", text: "\(number)")
                                    try await client.publish(message)
                                }
                            }
                        }
                    }
                    var next: [String: Int] = [:]
                    var count = 0
                    for await delivery in taker.deliveries {
                        let topic = delivery.message.topic
                        #expect(delivery.message.text == "\(next[topic, default: 0])")
                        next[topic, default: 0] += 1
                        delivery.acknowledge()
                        count += 1
                        if count == writers * messages { break }
                    }
                    try await group.waitForAll()
                    #expect(next.count == writers && next.values.allSatisfy { $0 == messages })
                }
            }
        }
    }

    @Test("More than may be on its way between two threads passes whole, in both directions")
    func large() async throws {
        // 24 times 1 MB: several times what a network loop may have on its way to the engine.
        let (count, text) = (24, String(repeating: "0123456789", count: 100_000))
        try await withBroker([listener("plain")], networkLoops: 2) { _, ports in
            try await withClient(plain(ports["plain"]), "taker") { taker in
                _ = try await taker.subscribe([MQTTSubscription("large", qos: .atLeastOnce)])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<4 {
                        group.addTask {
                            try await withClient(plain(ports["plain"]), "writer-\(writer)") { client in
                                for _ in 0..<count / 4 {
                                    try await client.publish(MQTTMessage(topic: "large", text: text))
                                }
                            }
                        }
                    }
                    var taken = 0
                    for await delivery in taker.deliveries {
                        #expect(delivery.message.text == text)
                        delivery.acknowledge()
                        taken += 1
                        if taken == count { break }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("A packet that comes byte by byte is taken; one that is none ends its connection only")
    func pieces() async throws {
        try await withBroker([listener("plain")], networkLoops: 1) { _, ports in
            let raw = try await RawConnection(port: ports["plain"] ?? 0)
            for byte in RawConnection.connect { try await raw.send([byte]) }
            #expect(await raw.received { !$0.isEmpty }.first == 0x20)
            let broken = try await RawConnection(port: ports["plain"] ?? 0)
            try await broken.send([0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
            await broken.closed()
            // The other one is served still: PINGREQ.
            try await raw.send([0xC0, 0x00])
            #expect(await raw.received { $0.suffix(2) == [0xD0, 0x00] }.suffix(2) == [0xD0, 0x00])
        }
    }

    @Test("A second connection of a client ends the first, wherever both live")
    func takeover() async throws {
        try await withBroker([listener("plain")], networkLoops: 2) { _, ports in
            var before: RawConnection?
            for _ in 0..<4 {
                let raw = try await RawConnection(port: ports["plain"] ?? 0)
                try await raw.send(RawConnection.connect(as: "same"))
                #expect(await raw.received { !$0.isEmpty }.first == 0x20)
                // DISCONNECT, 0x8E: session taken over.
                if let before { #expect(await before.closed().suffix(4).contains(0x8E)) }
                before = raw
            }
        }
    }

    @Test("Many connections come and go, each in a place that another one left")
    func comings() async throws {
        try await withBroker([listener("plain")], networkLoops: 2) { broker, ports in
            for _ in 0..<20 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<10 {
                        group.addTask { try await exchange(plain(ports["plain"]), "client-\(number)") }
                    }
                    try await group.waitForAll()
                }
            }
            // The ends are told from loop to loop.
            while try await broker.report().connectedClients > 0 { await Task.yield() }
        }
    }

    @Test("A graceful stop tells the clients of all loops, 0x8B")
    func stop() async throws {
        let raws = try await withBroker([listener("plain")], networkLoops: 2) { _, ports in
            var raws: [RawConnection] = []
            for number in 0..<6 {
                let raw = try await RawConnection(port: ports["plain"] ?? 0)
                try await raw.send(RawConnection.connect(as: "client-\(number)"))
                #expect(await raw.received { !$0.isEmpty }.first == 0x20)
                raws.append(raw)
            }
            return raws
        }
        for raw in raws {
            let bytes = await raw.closed()
            let at = bytes.lastIndex(of: 0xE0)
            #expect(at.map { bytes[($0 + 2)...].first } == 0x8B)
        }
    }

    /// Bytes of a client that sends all at once and goes: CONNECT with a will, messages, DISCONNECT.
    private static func burst(of count: Int) -> [UInt8] {
        var connect = Connect(version: .v5, clientIdentifier: "burst")
        connect.cleanStart = true
        connect.will = Will(topic: "last", payload: ByteBuffer(string: "will"), qos: .atMostOnce)
        var bytes = ByteBuffer()
        Packet.connect(connect).encode(into: &bytes, version: .v5)
        for number in 0..<count {
            let publish = Publish(qos: .atMostOnce, topic: "burst", payload: ByteBuffer(string: "\(number)"))
            Packet.publish(publish).encode(into: &bytes, version: .v5)
        }
        Packet.disconnect(Disconnect(reasonCode: .normalDisconnection)).encode(into: &bytes, version: .v5)
        return Array(bytes.readableBytesView)
    }

    @Test(
        "What a client sent before it went is taken, though its rate holds that up, and its will is not sent",
        arguments: [0, 1],
        [false, true]
    )
    func lastWords(loops: Int, overWebSocket: Bool) async throws {
        var limits = BrokerLimits()
        limits.messagesPerSecond = 100
        limits.messageBurst = 5
        let doors = [listener("plain"), listener("web") { $0.webSocket = BrokerListenerWebSocket() }]
        try await withBroker(doors, networkLoops: loops, limits: limits) { _, ports in
            try await withClient(plain(ports["plain"]), "taker") { taker in
                _ = try await taker.subscribe([
                    MQTTSubscription("burst", qos: .atMostOnce), MQTTSubscription("last", qos: .atMostOnce),
                ])
                let count = 40
                if overWebSocket {
                    let raw = try await RawWebSocket.open(ports["web"] ?? 0)
                    try await raw.send(RawWebSocket.frame(2, Self.burst(of: count)))
                    await raw.endSending()
                } else {
                    let raw = try await RawConnection(port: ports["plain"] ?? 0)
                    try await raw.send(Self.burst(of: count))
                    await raw.endSending()
                }
                var texts: [String] = []
                for await delivery in taker.deliveries {
                    texts.append(delivery.message.text)
                    if texts.count == count { break }
                }
                #expect(texts == (0..<count).map(String.init))
                try await taker.publish(MQTTMessage(topic: "last", text: "marker", qos: .atLeastOnce))
                for await delivery in taker.deliveries {
                    #expect(delivery.message.text == "marker")
                    break
                }
            }
        }
    }

    @Test("A broker stops in peace while a client of TLS is connected", arguments: [0, 1])
    func stopWithTLS(loops: Int) async throws {
        let folder = try CertificateFolder()
        let authority = try folder.authority("authority")
        let pair = try folder.certificate("server", from: authority, hosts: ["localhost"])
        let secure = listener {
            $0.tls = BrokerListenerTLS(certificateChain: pair.certificate, privateKey: pair.key)
        }
        let client = try await withBroker([secure], networkLoops: loops) { broker, ports in
            var tls = MQTTTLS()
            tls.trustedAuthorities = authority.path
            let endpoint = MQTTEndpoint.tls(host: "localhost", port: ports["test"] ?? 0, tls)
            let client = Task {
                try await withClient(endpoint, "stays") { client in for await _ in client.deliveries {} }
            }
            while try await broker.report().connectedClients == 0 { await Task.yield() }
            return client
        }
        client.cancel()
        _ = await client.result
    }

    @Test("A number of loops that nobody means is refused")
    func problems() {
        var configuration = BrokerConfiguration()
        configuration.networkLoops = 65
        #expect(configuration.problems() == ["networkLoops: 65 is not from 0 to 64"])
        configuration.networkLoops = 64
        #expect(configuration.problems().isEmpty)
    }
}
