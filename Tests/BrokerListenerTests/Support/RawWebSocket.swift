/// WebSocket as a test speaks it, byte by byte.
struct RawWebSocket {
    /// A frame of a client, masked by four zeroes unless it is not masked at all.
    static func frame(_ opcode: UInt8, _ bytes: [UInt8], isLast: Bool = true, isMasked: Bool = true) -> [UInt8] {
        var frame = [(isLast ? 0x80 : 0) | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        if bytes.count < 126 {
            frame.append(mask | UInt8(bytes.count))
        } else {
            frame += [mask | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)]
        }
        if isMasked { frame += [0, 0, 0, 0] }
        return frame + bytes
    }

    /// A request that becomes a WebSocket connection, unless something of it is changed.
    static func request(
        path: String = "/mqtt",
        method: String = "GET",
        upgrade: String? = "websocket",
        version: String = "13",
        subprotocol: String? = "mqtt",
        origin: String? = nil
    ) -> String {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
        lines.append("Sec-WebSocket-Version: \(version)")
        if let upgrade { lines += ["Upgrade: \(upgrade)", "Connection: Upgrade"] }
        if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
        if let origin { lines.append("Origin: \(origin)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Connects and becomes a WebSocket connection.
    static func open(_ port: Int) async throws -> RawConnection {
        let raw = try await RawConnection(port: port)
        try await raw.send(request())
        await raw.received { Self.body(of: $0) != nil }
        return raw
    }

    /// What stands behind the header of the answer; nil while that is not whole.
    static func body(of bytes: [UInt8]) -> [UInt8]? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        return Array(bytes[(start + 4)...])
    }

    /// The frames of a server in the bytes, as far as they are whole.
    static func frames(in bytes: [UInt8]) -> [(opcode: UInt8, bytes: [UInt8])] {
        var frames: [(UInt8, [UInt8])] = []
        var rest = bytes[...]
        while rest.count >= 2 {
            let head = Array(rest.prefix(4))
            let isLong = head[1] == 126
            guard !isLong || head.count == 4 else { break }
            let length = isLong ? Int(head[2]) << 8 | Int(head[3]) : Int(head[1])
            let start = isLong ? 4 : 2
            guard rest.count >= start + length else { break }
            frames.append((head[0] & 0x0F, Array(rest.dropFirst(start).prefix(length))))
            rest = rest.dropFirst(start + length)
        }
        return frames
    }

    /// The bytes of MQTT in the binary frames behind the header.
    static func payload(of bytes: [UInt8]) -> [UInt8] {
        frames(in: body(of: bytes) ?? []).filter { $0.opcode == 2 }.flatMap(\.bytes)
    }

    /// The code by which the server closed; nil when it said none.
    static func closeCode(of bytes: [UInt8]) -> Int? {
        guard let close = frames(in: body(of: bytes) ?? []).last, close.opcode == 8, close.bytes.count >= 2 else {
            return nil
        }
        return Int(close.bytes[0]) << 8 | Int(close.bytes[1])
    }
}
