import MQTTPackets
package import NIOCore

extension BrokerEngine {
    /// Connections that have something for their socket since the last call, each once.
    package mutating func takeDirty() -> [ConnectionHandle] {
        var taken: [ConnectionHandle] = []
        swap(&taken, &dirty)
        for handle in taken { connections[Int(handle.index)].isDirty = false }
        return taken
    }

    /// Gives back the array of ``takeDirty()``, so that a turn allocates none.
    package mutating func recycle(_ list: consuming [ConnectionHandle]) {
        guard dirty.isEmpty else { return }
        list.removeAll(keepingCapacity: true)
        dirty = list
    }

    /// What the socket of a connection gets now.
    ///
    /// - Parameter handle: The connection.
    /// - Returns: The bytes, and whether the transport is to be closed behind them.
    package mutating func takeOutput(of handle: ConnectionHandle) -> (bytes: ByteBuffer, closes: Bool) {
        let connection = Int(handle.index)
        var bytes = ByteBuffer()
        swap(&bytes, &connections[connection].output)
        statistics.bytesSent += UInt64(bytes.readableBytes)
        // What the full output kept back may go on now, see ``wantsTurn``.
        if bytes.readableBytes >= limits.outputBytesPerConnection { pumpLater(connection: connection) }
        return (bytes, connections[connection].state == .closing)
    }

    /// Bytes that wait for the socket of a connection.
    package func outputBytes(of handle: ConnectionHandle) -> Int {
        connections[Int(handle.index)].output.readableBytes
    }

    /// Whether a connection is only waiting for its last bytes to leave.
    package func isClosing(_ handle: ConnectionHandle) -> Bool { connections[Int(handle.index)].state == .closing }

    /// Gives back a buffer that was written, so that the next output needs no new one.
    package mutating func recycle(_ buffer: consuming ByteBuffer) {
        guard spareOutputs.count < limits.spareOutputs, buffer.capacity <= limits.spareOutputCapacity else { return }
        buffer.clear()
        spareOutputs.append(buffer)
    }

    /// The socket of a connection takes more, or takes no more.
    package mutating func setWritable(_ isWritable: Bool, on handle: ConnectionHandle, at time: EngineTime) {
        advance(to: time)
        let connection = Int(handle.index)
        guard connections[connection].isWritable != isWritable else { return }
        connections[connection].isWritable = isWritable
        connections[connection].stuckSince = isWritable ? .never : now
        if isWritable { pumpLater(connection: connection) }
    }

    /// Call it before anything is written to the output of a connection.
    @inline(__always)
    mutating func markDirty(_ connection: Int) {
        guard !connections[connection].isDirty else { return }
        connections[connection].isDirty = true
        if connections[connection].output.capacity == 0, let spare = spareOutputs.popLast() {
            connections[connection].output = spare
        }
        dirty.append(ConnectionHandle(Int32(connection)))
    }

    /// Writes bytes at once.
    mutating func write(_ bytes: [UInt8], to connection: Int) {
        markDirty(connection)
        connections[connection].output.writeBytes(bytes)
    }

    /// Writes an answer, behind those that are held, and not before a page is durable.
    ///
    /// - Parameters:
    ///   - packet: The answer.
    ///   - connection: Who gets it.
    ///   - page: The page it waits for; 0 for none.
    mutating func answer(_ packet: Packet, on connection: Int, after page: UInt64) {
        guard connections[connection].state != .closing else { return }
        guard fits(packet, connection) else {
            // Without its answer the client cannot go on ([MQTT-3.1.2-24]).
            disconnect(connection, .packetTooLarge, "an answer is larger than the client's Maximum Packet Size")
            return
        }
        if page <= log.durable, connections[connection].marks.isEmpty {
            markDirty(connection)
            packet.encode(into: &connections[connection].output, version: connections[connection].version)
            return
        }
        var buffer = ByteBuffer()
        packet.encode(into: &buffer, version: connections[connection].version)
        connections[connection].held.append(contentsOf: buffer.readableBytesView)
        mark(connection, page: page)
    }

    /// PUBREC, PUBREL or PUBCOMP: at once, or behind the page it depends on and behind what is held already.
    ///
    /// - Parameters:
    ///   - type: Which of them.
    ///   - identifier: The packet identifier.
    ///   - reason: The reason code, which 3.1.1 has no place for.
    ///   - connection: Who gets it.
    ///   - page: The page it waits for; 0 for none.
    mutating func answerPublish(
        _ type: PacketType,
        _ identifier: UInt16,
        _ reason: ReasonCode,
        on connection: Int,
        after page: UInt64
    ) {
        guard connections[connection].state != .closing else { return }
        // PUBCOMP, and PUBREC that says no, is what a message of QoS 2 counts up to (MQTT 5.0 §4.9). One of an earlier connection was not
        // counted on this one.
        var publishes = type == .pubrec && reason.isError ? 1 : 0
        if type == .pubcomp, connections[connection].openHandshakes > 0 {
            connections[connection].openHandshakes -= 1
            publishes = 1
        }
        let first = type.rawValue << 4 | (type == .pubrel ? 0b0010 : 0)
        writeAnswer(first, identifier, reason, on: connection, after: page, publishes: publishes)
    }

    /// Writes an acknowledgement, or holds it.
    ///
    /// - Parameters:
    ///   - first: The first byte of the packet.
    ///   - identifier: The packet identifier.
    ///   - reason: The reason code.
    ///   - connection: Who gets it.
    ///   - page: The page it waits for; 0 for none.
    ///   - publishes: How many messages count against the Receive Maximum until it leaves.
    @inline(__always)
    mutating func writeAnswer(
        _ first: UInt8,
        _ identifier: UInt16,
        _ reason: ReasonCode,
        on connection: Int,
        after page: UInt64,
        publishes: Int
    ) {
        let high = UInt8(truncatingIfNeeded: identifier >> 8)
        let low = UInt8(truncatingIfNeeded: identifier)
        let isShort = reason == .success || connections[connection].version != .v5
        if page <= log.durable, connections[connection].marks.isEmpty {
            markDirty(connection)
            if isShort {
                connections[connection].output.writeInteger(UInt32(first) << 24 | 0x2_0000 | UInt32(identifier))
            } else {
                connections[connection].output.writeMultipleIntegers(first, UInt8(3), high, low, reason.rawValue)
            }
            return
        }
        connections[connection].held.append(first)
        connections[connection].held.append(isShort ? 2 : 3)
        connections[connection].held.append(high)
        connections[connection].held.append(low)
        if !isShort { connections[connection].held.append(reason.rawValue) }
        mark(connection, page: page, publishes: publishes)
    }

    /// Whether a packet is within the client's Maximum Packet Size ([MQTT-3.1.2-24]).
    func fits(_ packet: Packet, _ connection: Int) -> Bool {
        connections[connection].maximumPacketSize == .max
            || packet.encodedSize(version: connections[connection].version) <= connections[connection].maximumPacketSize
    }

    /// Notes up to where the held answers leave with a page.
    @inline(__always)
    mutating func mark(_ connection: Int, page: UInt64, publishes: Int = 0) {
        connections[connection].heldPublishes += publishes
        let end = connections[connection].held.count
        let last = connections[connection].marks.count - 1
        if !connections[connection].isHolder {
            connections[connection].isHolder = true
            holders.append(Int32(connection))
        }
        // An answer behind one that waits for a later page waits for that page too.
        if last >= 0, connections[connection].marks[last].page >= page {
            connections[connection].marks[last].end = end
            connections[connection].marks[last].publishes += publishes
        } else {
            connections[connection].marks.append(.init(page: page, end: end, publishes: publishes))
        }
    }

    /// Lets the held answers of all connections go that waited for a page up to `page`.
    mutating func releaseAnswers(upTo page: UInt64) {
        var kept = 0
        for index in holders.indices {
            let connection = Int(holders[index])
            releaseAnswers(of: connection, upTo: page)
            if connections[connection].marks.isEmpty {
                connections[connection].isHolder = false
            } else {
                holders[kept] = holders[index]
                kept += 1
            }
        }
        holders.removeLast(holders.count - kept)
    }

    private mutating func releaseAnswers(of connection: Int, upTo page: UInt64) {
        var passed = 0
        while passed < connections[connection].marks.count, connections[connection].marks[passed].page <= page {
            connections[connection].heldPublishes -= connections[connection].marks[passed].publishes
            passed += 1
        }
        guard passed > 0 else { return }
        let end = connections[connection].marks[passed - 1].end
        markDirty(connection)
        connections[connection].output.writeBytes(connections[connection].held[0..<end])
        if passed == connections[connection].marks.count {
            connections[connection].held.removeAll(keepingCapacity: true)
            connections[connection].marks.removeAll(keepingCapacity: true)
        } else {
            connections[connection].held.removeFirst(end)
            connections[connection].marks.removeFirst(passed)
            for index in connections[connection].marks.indices { connections[connection].marks[index].end -= end }
        }
        if connections[connection].connackPage != 0, connections[connection].connackPage <= page {
            connections[connection].connackPage = 0
            pumpLater(connection: connection)
        }
    }
}
