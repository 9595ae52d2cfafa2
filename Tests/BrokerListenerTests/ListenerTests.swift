import MQTTClient
import MartletBroker
import Testing

/// Several listeners at once, and what keeps a broker from starting.
@Suite("Listeners", .timeLimit(.minutes(10)))
struct ListenerTests {
    @Test("Several listeners serve one broker")
    func several() async throws {
        try await withBroker([listener("one"), listener("two")]) { _, ports in
            #expect(ports["one"] != ports["two"])
            try await withClient(.tcp(host: "127.0.0.1", port: ports["one"] ?? 0), "taker") { taker in
                _ = try await taker.subscribe([MQTTSubscription("over", qos: .atLeastOnce)])
                try await withClient(.tcp(host: "127.0.0.1", port: ports["two"] ?? 0), "giver") { giver in
                    _ = try await giver.publish(MQTTMessage(topic: "over", text: "there"))
                }
                for await delivery in taker.deliveries {
                    #expect(delivery.message.text == "there")
                    delivery.acknowledge()
                    break
                }
            }
        }
    }

    @Test("One connection more than a listener takes is closed; the other listener still takes it")
    func connectionLimit() async throws {
        let narrow = listener("narrow") { $0.limits.connections = 1 }
        try await withBroker([narrow, listener("wide")]) { _, ports in
            let port = ports["narrow"] ?? 0
            let first = try await RawConnection(port: port)
            try await first.send(RawConnection.connect)
            #expect(await first.received { !$0.isEmpty }.first == 0x20)
            #expect(await (try RawConnection(port: port)).closed().isEmpty)
            try await exchange(.tcp(host: "127.0.0.1", port: ports["wide"] ?? 0))
            await first.close()
            // Its place is free as soon as the broker has seen the end.
            var isServed = false
            while !isServed {
                let next = try await RawConnection(port: port)
                try await next.send(RawConnection.connect)
                isServed = await next.received { !$0.isEmpty }.first == 0x20
                await next.close()
            }
        }
    }

    @Test("Clients from beyond this machine do not come in unproven, unless it was said")
    func anonymous() async throws {
        var configuration = BrokerConfiguration()
        configuration.host = "0.0.0.0"
        configuration.port = 0
        let error = await #expect(throws: BrokerError.self) {
            try await Broker(configuration: configuration, logger: quietLogger).run()
        }
        #expect(error?.code == .configuration && error?.message.contains("without authentication") == true)
        configuration.allowsAnonymous = true
        #expect(configuration.problems().isEmpty)
        #expect(configuration.warnings().count == 1)
    }

    @Test("What contradicts itself is found without starting, all of it")
    func problems() {
        var configuration = BrokerConfiguration()
        configuration.listeners = [
            BrokerListener(name: "a", address: .tcp(host: "127.0.0.1", port: 5_000)),
            BrokerListener(name: "a", address: .tcp(host: "127.0.0.1", port: 70_000)),
            BrokerListener(name: "b", address: .tcp(host: "127.0.0.1", port: 5_000)),
            listener("c") { $0.trustedProxies = ["10.0.0.0/33"] },
            listener("d") { $0.webSocket = BrokerListenerWebSocket() },
            listener("e") {
                $0.webSocket = BrokerListenerWebSocket()
                $0.webSocket?.path = "mqtt"
            },
        ]
        let problems = configuration.problems()
        #expect(problems.contains("two listeners are called 'a'"))
        #expect(problems.contains("the listeners 'a' and 'b' have the same address"))
        #expect(problems.contains { $0.contains("70000 is no port") })
        #expect(problems.contains { $0.contains("'10.0.0.0/33' is no network") })
        #expect(problems.contains { $0.contains("begins with /") })
        #expect(problems.count == 5)
    }
}
