import MQTTClient
import MQTTTransport
import MartletBroker
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// The PROXY protocol, version 2: who is believed, what is taken, and that nothing else passes.
@Suite("PROXY protocol", .timeLimit(.minutes(10)))
struct ProxyProtocolTests {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let fromIPv4: [UInt8] = [203, 0, 113, 7, 192, 0, 2, 1, 0x30, 0x39, 0x07, 0x5B]
    private static let fromIPv6: [UInt8] = {
        var bytes: [UInt8] = [0x20, 0x01, 0x0D, 0xB8]
        bytes += Array(repeating: 0, count: 11)
        bytes.append(9)
        bytes += Array(repeating: 0, count: 16)
        return bytes + [0x30, 0x39, 0x07, 0x5B]
    }()

    private static func header(
        _ addresses: [UInt8],
        _ values: [UInt8] = [],
        command: UInt8 = 0x21,
        family: UInt8 = 0x11,
        length: Int? = nil
    ) -> [UInt8] {
        let body = addresses + values
        let length = length ?? body.count
        return signature + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + body
    }

    /// Takes what comes through, and notes where it came from.
    private final class Recorder: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let origin: ConnectionOrigin
        init(_ origin: ConnectionOrigin) { self.origin = origin }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = "\(origin.peer?.ipAddress ?? "none"):\(origin.peer?.port ?? 0) "
            var answer = ByteBuffer(string: text)
            var bytes = unwrapInboundIn(data)
            answer.writeBuffer(&bytes)
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }
    }

    /// What a listener that trusts the networks answers to the bytes, until it has answered or closed.
    private func answer(to pieces: [[UInt8]], trusting networks: [String] = ["127.0.0.0/8"]) async throws -> String {
        var stack = ServerStack()
        stack.proxies = try ProxyNetworks(networks)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let channel = try await ServerListener.bind(to: .tcp(host: "127.0.0.1", port: 0), through: stack, on: loop) {
            origin,
            _ in Recorder(origin)
        }
        let raw = try await RawConnection(port: channel.localAddress?.port ?? 0)
        for piece in pieces { try? await raw.send(piece) }
        let answer = await raw.received { $0.contains(UInt8(ascii: "!")) }
        await raw.close()
        try await channel.close()
        return String(decoding: answer, as: UTF8.self)
    }

    private static let good: [(header: [UInt8], expected: String)] = [
        (header(fromIPv4), "203.0.113.7:12345 hi!"), (header(fromIPv6, family: 0x21), "2001:db8::9:12345 hi!"),
        (header(fromIPv4, [0x04, 0, 2, 1, 1]), "203.0.113.7:12345 hi!"),
    ]

    @Test("The address that a trusted proxy names is the connection's", arguments: good)
    func sources(header: [UInt8], expected: String) async throws {
        let rest = Array("hi!".utf8)
        #expect(try await answer(to: [header + rest]) == expected)
        // Byte by byte it is the same.
        let bytes: [[UInt8]] = header.map { [$0] }
        #expect(try await answer(to: bytes + [rest]) == expected)
    }

    private static let withoutClient: [[UInt8]] = [
        header([], command: 0x20, family: 0), header(fromIPv4, command: 0x20), header([1, 2, 3], family: 0),
    ]

    @Test("A proxy that speaks for itself keeps its own address", arguments: withoutClient)
    func local(header: [UInt8]) async throws {
        let text = try await answer(to: [header + Array("hi!".utf8)])
        #expect(text.hasPrefix("127.0.0.1:") && text.hasSuffix(" hi!"))
    }

    private static let wrong: [[UInt8]] = [
        Array("PROXY TCP4 203.0.113.7 192.0.2.1 12345 1883\r\nhi!".utf8), RawConnection.connect,
        header(fromIPv4, command: 0x11), header(fromIPv4, command: 0x22), header(fromIPv4, family: 0x12),
        header(Array(fromIPv4.dropLast())), header(fromIPv4, [0x04, 0, 9, 1]), header(fromIPv4, [0x04]),
        header(fromIPv4, length: 4_097),
    ]

    @Test("What is no header of version 2 ends the connection", arguments: wrong)
    func malformed(bytes: [UInt8]) async throws {
        #expect(try await answer(to: [bytes + Array("hi!".utf8)]).isEmpty)
    }

    @Test("A stranger is closed, whatever it says")
    func strangers() async throws {
        let good = Self.header(Self.fromIPv4) + Array("hi!".utf8)
        #expect(try await answer(to: [good], trusting: ["10.0.0.0/8", "::1"]).isEmpty)
        #expect(try await answer(to: [good], trusting: ["127.0.0.1"]) == "203.0.113.7:12345 hi!")
        #expect(try await answer(to: [good], trusting: ["unix"]).isEmpty)
    }

    @Test("A header that does not end is ended at the deadline")
    func halfHeader() async throws {
        let listener = listener {
            $0.trustedProxies = ["127.0.0.1"]
            $0.limits.handshakeDeadline = .milliseconds(200)
        }
        try await withBroker([listener]) { _, ports in
            let raw = try await RawConnection(port: ports["test"] ?? 0)
            // On a busy machine the deadline comes first.
            try? await raw.send(Array(Self.signature.prefix(6)))
            #expect(await raw.closed().isEmpty)
        }
    }

    @Test("Behind the header come TLS and MQTT")
    func beforeMQTT() async throws {
        let listener = listener { $0.trustedProxies = ["127.0.0.1"] }
        try await withBroker([listener]) { _, ports in
            let raw = try await RawConnection(port: ports["test"] ?? 0)
            try await raw.send(Self.header(Self.fromIPv4) + RawConnection.connect)
            #expect(await raw.received { !$0.isEmpty }.first == 0x20)
            await raw.close()
        }
    }

    @Test(
        "Networks are compared by their bits",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("192.168.4.0/22", "192.168.7.9", true),
            ("192.168.4.0/22", "192.168.8.1", false), ("0.0.0.0/0", "203.0.113.1", true),
            ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
            ("10.0.0.1", "::ffff:10.0.0.1", true), ("10.0.0.1", "::1", false),
        ]
    )
    func networks(network: String, address: String, isIn: Bool) throws {
        let networks = try ProxyNetworks([network])
        #expect(networks.contains(try SocketAddress(ipAddress: address, port: 1)) == isIn)
    }
}
