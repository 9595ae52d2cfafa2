import MQTTPackets
import NIOCore

extension BrokerEngine {
    /// A transport was opened.
    ///
    /// - Parameters:
    ///   - time: Now.
    ///   - authenticating: Whether its client has to prove who it is: its CONNECT is then listed by ``takeAuthenticationRequests()``, and
    ///     answered when ``authenticated(_:number:_:at:)`` says what became of it. Without, everybody is let in as nobody in particular.
    /// - Returns: Its handle, or nil when there are as many connections as ``EngineLimits/connections`` allows: close it.
    package mutating func open(at time: EngineTime, authenticating: Bool = false) -> ConnectionHandle? {
        advance(to: time)
        guard connections.count - freeConnections.count < limits.connections else { return nil }
        var connection = Connection()
        connection.state = .awaitingConnect
        connection.mustAuthenticate = authenticating
        connection.lastReceived = now
        guard let free = freeConnections.popLast() else {
            connections.append(connection)
            return ConnectionHandle(Int32(connections.count - 1))
        }
        connections[Int(free)] = connection
        return ConnectionHandle(free)
    }

    /// Bytes came in; whole packets are handled, a part of one at the end is left.
    ///
    /// - Parameters:
    ///   - bytes: What was received and not taken yet, from the start of a packet.
    ///   - handle: The connection.
    ///   - time: Now.
    /// - Returns: How many bytes were taken. The rest must be presented again, with more behind it; behind a CONNECT that waits for its
    ///   outcome nothing is taken before ``authenticated(_:number:_:at:)`` says so.
    package mutating func receive(_ bytes: Span<UInt8>, on handle: ConnectionHandle, at time: EngineTime) -> Int {
        advance(to: time)
        let connection = Int(handle.index)
        var offset = 0
        if connections[connection].isPaused { return 0 }
        let granted = hasRates ? allowance(of: connection) : .max
        var left = granted
        work = 0
        while offset < bytes.count, left > 0, work < limits.workPerRead {
            if connections[connection].state != .connected {
                if connections[connection].state == .closing { return bytes.count }
                if connections[connection].awaitsOutcome { break }
            }
            do throws(PacketError) {
                guard let header = try FixedHeader.parse(bytes, from: offset, limits: limits.packet),
                    bytes.count - offset >= header.packetLength
                else { break }
                try dispatch(header, bytes, at: offset, on: connection)
                offset += header.packetLength
                // Acknowledgements are types 4 to 7: what was sent to the client bounds them.
                if header.type.rawValue >> 2 != 1 { left &-= 1 }
            } catch {
                refuse(connection, error)
                return bytes.count
            }
        }
        // Whole packets count, no parts of them (MQTT 5.0 §3.1.2.10): who sends bytes in drips is silent.
        if offset > 0, connections[connection].state == .connected { connections[connection].lastReceived = now }
        statistics.bytesReceived += UInt64(offset)
        let hasMore = offset < bytes.count
        if hasMore || hasRates {
            settle(connection, messages: granted &- left, bytes: offset, isOver: left <= 0 && hasMore, hasMore: hasMore)
            if connections[connection].state == .closing { return bytes.count }
        }
        return offset
    }

    @inline(__always)
    mutating func advance(to time: EngineTime) {
        guard time > now else { return }
        now = time
        messages.seconds = UInt32(clamping: time.milliseconds / 1_000)
    }

    private mutating func dispatch(
        _ header: FixedHeader,
        _ bytes: Span<UInt8>,
        at offset: Int,
        on connection: Int
    ) throws(PacketError) {
        guard connections[connection].state == .connected else {
            if connections[connection].state == .authenticating {
                handleUnauthenticated(header, bytes, at: offset, on: connection)
                return
            }
            try handleFirst(header, bytes, at: offset, on: connection)
            return
        }
        switch header.type {
        case .publish:
            let view = try PublishView.parse(
                bytes,
                packetAt: offset,
                header: header,
                version: connections[connection].version,
                limits: limits.packet
            )
            try receivePublish(bytes, view, on: connection)
        case .puback:
            let view = try AckView.parse(
                bytes,
                packetAt: offset,
                header: header,
                version: connections[connection].version,
                limits: limits.packet
            )
            try acknowledge(view.packetIdentifier, on: connection)
        case .pingreq where header.remainingLength == 0:
            answerPing(on: connection)
        case .pubrec, .pubrel, .pubcomp:
            let view = try AckView.parse(
                bytes,
                packetAt: offset,
                header: header,
                version: connections[connection].version,
                limits: limits.packet
            )
            switch header.type {
            case .pubrec: try confirm(view, on: connection)
            case .pubrel: release(view.packetIdentifier, on: connection)
            default: try complete(view.packetIdentifier, on: connection)
            }
        default:
            try handleRare(header, bytes, at: offset, on: connection)
        }
    }

    /// The packets that come a few times a connection: taken as values.
    private mutating func handleRare(
        _ header: FixedHeader,
        _ bytes: Span<UInt8>,
        at offset: Int,
        on connection: Int
    ) throws(PacketError) {
        let packet = try decode(header, bytes, at: offset, version: connections[connection].version)
        switch packet {
        case .subscribe(let subscribe): receiveSubscribe(subscribe, on: connection)
        case .unsubscribe(let unsubscribe): receiveUnsubscribe(unsubscribe, on: connection)
        case .disconnect(let disconnect): try receiveDisconnect(disconnect, on: connection)
        case .connect: throw PacketError(reasonCode: .protocolError, message: "a second CONNECT on one connection")
        case .auth(let auth): try receiveAuth(auth, on: connection)
        case .connack, .publish, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingreq, .pingresp:
            throw PacketError(reasonCode: .protocolError, message: "a packet that only a server sends")
        }
    }

    private mutating func handleFirst(
        _ header: FixedHeader,
        _ bytes: Span<UInt8>,
        at offset: Int,
        on connection: Int
    ) throws(PacketError) {
        guard header.type == .connect else {
            throw PacketError(reasonCode: .protocolError, message: "the first packet is not CONNECT")
        }
        var decoder = PacketDecoder(version: nil, limits: limits.packet, direction: .toServer)
        var buffer = copy(bytes, offset..<offset + header.packetLength)
        do throws(PacketError) {
            guard case .connect(let connect) = try decoder.decode(&buffer) else { return }
            receiveConnect(connect, on: connection)
        } catch {
            let level = Self.protocolLevel(bytes, offset + header.headerLength)
            refuseConnect(connection, error, version: decoder.version, refusalVersion: level > 5 ? .v5 : .v3_1_1)
        }
    }

    /// The protocol level of a CONNECT that could not be read, without the bit that bridges set; 0 where there is none.
    ///
    /// A client of a later version than ours reads the answer of MQTT 5, one of an earlier version the return code of 3.1.1.
    private static func protocolLevel(_ bytes: Span<UInt8>, _ start: Int) -> UInt8 {
        guard start + 2 <= bytes.count else { return 0 }
        let level = start + 2 + (Int(bytes[start]) << 8 | Int(bytes[start + 1]))
        return level < bytes.count ? bytes[level] & 0x7F : 0
    }

    func decode(
        _ header: FixedHeader,
        _ bytes: Span<UInt8>,
        at offset: Int,
        version: ProtocolVersion
    ) throws(PacketError) -> Packet {
        var decoder = PacketDecoder(version: version, limits: limits.packet, direction: .toServer)
        var buffer = copy(bytes, offset..<offset + header.packetLength)
        guard let packet = try decoder.decode(&buffer) else {
            throw PacketError(reasonCode: .malformedPacket, message: "the packet is shorter than its length says")
        }
        return packet
    }

    private func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeBytes(bytes.extracting(range).bytes)
        return buffer
    }

    /// PINGRESP, not before CONNACK.
    private mutating func answerPing(on connection: Int) {
        if connections[connection].isConnAckHeld {
            answer(.pingresp, on: connection, after: 0)
        } else {
            write([0xD0, 0x00], to: connection)
        }
    }
}
