import Foundation
import MQTTClient
import MQTTTransport
import MartletBroker
import Testing

/// MQTT over WebSocket (MQTT 5.0 §6): what is taken, and what ends the connection.
@Suite("WebSocket listeners", .timeLimit(.minutes(10)))
struct WebSocketTests {
    private func web(_ change: (inout BrokerListenerWebSocket) -> Void = { _ in }) -> BrokerListener {
        var webSocket = BrokerListenerWebSocket()
        change(&webSocket)
        return listener { $0.webSocket = webSocket }
    }

    private func withPort(
        _ listener: BrokerListener,
        _ body: @Sendable (Int) async throws -> Void
    ) async throws {
        try await withBroker([listener]) { _, ports in try await body(ports["test"] ?? 0) }
    }

    @Test("A client is served over WebSocket, with and without TLS")
    func serves() async throws {
        let folder = try CertificateFolder()
        let authority = try folder.authority("authority")
        let pair = try folder.certificate("server", from: authority, hosts: ["localhost"])
        let secure = listener("secure") {
            $0.webSocket = BrokerListenerWebSocket()
            $0.tls = BrokerListenerTLS(certificateChain: pair.certificate, privateKey: pair.key)
        }
        try await withBroker([web(), secure]) { _, ports in
            try await exchange(.webSocket(host: "localhost", port: ports["test"] ?? 0), "plain")
            var tls = MQTTTLS()
            tls.trustedAuthorities = authority.path
            try await exchange(.webSocket(host: "localhost", port: ports["secure"] ?? 0, tls: tls), "secure")
        }
    }

    @Test("A large message passes in both directions")
    func largeMessage() async throws {
        try await withPort(web()) { port in
            try await withClient(.webSocket(host: "localhost", port: port), "large") { client in
                _ = try await client.subscribe([MQTTSubscription("large", qos: .atLeastOnce)])
                let text = String(repeating: "0123456789", count: 100_000)
                try await client.publish(MQTTMessage(topic: "large", text: text))
                for await delivery in client.deliveries {
                    #expect(delivery.message.text == text)
                    delivery.acknowledge()
                    break
                }
            }
        }
    }

    @Test("[MQTT-6.0.0-2] Packets span frames and share them; [MQTT-6.0.0-4] the subprotocol is mqtt")
    func framing() async throws {
        try await withPort(web()) { port in
            let raw = try await RawWebSocket.open(port)
            let answer = await raw.received { _ in true }
            let header = String(decoding: answer, as: UTF8.self).lowercased()
            #expect(header.hasPrefix("http/1.1 101") && header.contains("sec-websocket-protocol: mqtt\r\n"))
            // CONNECT in three fragments of one message, an empty one among them, and a ping in between.
            let connect = RawConnection.connect
            try await raw.send(RawWebSocket.frame(2, Array(connect[..<5]), isLast: false))
            try await raw.send(RawWebSocket.frame(9, [7, 7]))
            try await raw.send(RawWebSocket.frame(0, [], isLast: false))
            try await raw.send(RawWebSocket.frame(0, Array(connect[5...])))
            await raw.received { RawWebSocket.payload(of: $0).first == 0x20 }
            // Two packets in one frame, and one over two messages.
            let ping = RawConnection.pingreq
            try await raw.send(RawWebSocket.frame(2, ping + ping))
            try await raw.send(RawWebSocket.frame(2, [ping[0]]) + RawWebSocket.frame(2, [ping[1]]))
            let pongs = RawConnection.pingresp + RawConnection.pingresp + RawConnection.pingresp
            let all = await raw.received { RawWebSocket.payload(of: $0).suffix(6).elementsEqual(pongs) }
            let frames = RawWebSocket.frames(in: RawWebSocket.body(of: all) ?? [])
            #expect(frames.contains { $0.opcode == 10 && $0.bytes == [7, 7] })
            await raw.close()
        }
    }

    private static let brokenFrames: [(bytes: [UInt8], code: Int)] = {
        var cases: [(bytes: [UInt8], code: Int)] = []
        func add(_ code: Int, _ frames: [UInt8]...) { cases.append((frames.flatMap { $0 }, code)) }
        add(1_003, RawWebSocket.frame(1, Array("text".utf8)))
        add(1_002, RawWebSocket.frame(2, [0xC0, 0], isMasked: false))
        add(1_002, RawWebSocket.frame(0, [0xC0]))
        add(1_002, RawWebSocket.frame(3, [0xC0]))
        add(1_002, RawWebSocket.frame(2, [0x10], isLast: false), RawWebSocket.frame(2, [13]))
        add(1_002, [0xC2, 0x80, 0, 0, 0, 0])
        add(1_002, RawWebSocket.frame(9, [1], isLast: false))
        add(1_009, RawWebSocket.frame(2, Array(repeating: 0, count: 200)))
        let empty = RawWebSocket.frame(0, [], isLast: false)
        add(1_008, RawWebSocket.frame(2, [0x10], isLast: false), empty, empty, empty)
        add(1_000, RawWebSocket.frame(8, [3, 0xE8]))
        return cases
    }()

    @Test("[MQTT-6.0.0-1] What is no binary frame, or breaks RFC 6455, ends the connection", arguments: brokenFrames)
    func violations(bytes: [UInt8], code: Int) async throws {
        let listener = web {
            $0.maximumFrameSize = 128
            $0.maximumFragments = 3
        }
        try await withPort(listener) { port in
            let raw = try await RawWebSocket.open(port)
            try await raw.send(bytes)
            #expect(RawWebSocket.closeCode(of: await raw.closed()) == code)
        }
    }

    private static let refusedRequests: [(request: String, status: String)] = [
        (RawWebSocket.request(path: "/other"), "404"), (RawWebSocket.request(method: "POST"), "405"),
        (RawWebSocket.request(upgrade: nil), "426"), (RawWebSocket.request(version: "8"), "426"),
        (RawWebSocket.request(subprotocol: nil), "400"), (RawWebSocket.request(subprotocol: "soap"), "400"),
        (RawWebSocket.request(origin: "https://evil.example"), "403"), ("GARBAGE\r\n\r\n", "400"),
    ]

    @Test("A request that is no WebSocket for MQTT is answered with the reason, and closed", arguments: refusedRequests)
    func refusals(request: String, status: String) async throws {
        try await withPort(web { $0.allowedOrigins = ["https://good.example"] }) { port in
            let raw = try await RawConnection(port: port)
            try await raw.send(request)
            let answer = String(decoding: await raw.closed(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
        }
    }

    @Test("The address itself is no strange origin, unless it is a name that anybody can point here")
    func ownOrigin() async throws {
        try await withPort(web()) { port in
            for (origin, status) in [("http://localhost", "101"), ("http://localhost.evil.example", "403")] {
                let raw = try await RawConnection(port: port)
                try await raw.send(RawWebSocket.request(origin: origin))
                let answer = await raw.received { RawWebSocket.body(of: $0) != nil }
                #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 \(status)"))
                await raw.close()
            }
            let rebound = RawWebSocket.request(origin: "http://evil.example")
                .replacingOccurrences(of: "Host: localhost", with: "Host: evil.example")
            let raw = try await RawConnection(port: port)
            try await raw.send(rebound)
            let answer = String(decoding: await raw.closed(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 403"))
        }
    }

    @Test("A page of an allowed origin connects, and so does the subprotocol among others")
    func allowed() async throws {
        try await withPort(web { $0.allowedOrigins = ["https://good.example"] }) { port in
            let raw = try await RawConnection(port: port)
            try await raw.send(RawWebSocket.request(subprotocol: "soap, mqtt", origin: "https://good.example"))
            let answer = await raw.received { RawWebSocket.body(of: $0) != nil }
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 101"))
            await raw.close()
        }
    }

    @Test("A header without end is cut off by size, a slow one by the deadline")
    func endlessHeaders() async throws {
        var listener = web()
        try await withPort(listener) { port in
            let raw = try await RawConnection(port: port)
            try await raw.send("GET /mqtt HTTP/1.1\r\nX: " + String(repeating: "x", count: 40_000))
            await raw.closed()
        }
        listener.limits.handshakeDeadline = .milliseconds(200)
        try await withPort(listener) { port in
            let raw = try await RawConnection(port: port)
            // On a busy machine the deadline comes first.
            try? await raw.send("GET /mqtt HTTP/1.1\r\n")
            await raw.closed()
        }
    }

    @Test("A client is told what it got in place of WebSocket")
    func namedFailures() async throws {
        try await withBroker([web(), listener("plain")]) { _, ports in
            let wrongPath = MQTTEndpoint.webSocket(host: "localhost", port: ports["test"] ?? 0, path: "/wrong")
            let found = await failure(of: wrongPath)
            #expect(found?.code == .webSocket && found?.message.contains("404") == true)
            let plain = MQTTEndpoint.webSocket(host: "localhost", port: ports["plain"] ?? 0)
            let none = await failure(of: plain)
            #expect(none?.code == .webSocket || none?.code == .closed)
        }
    }
}
