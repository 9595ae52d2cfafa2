import MQTTPackets

/// How fast a client may send, and how much work of one client's is done before others have their turn.
///
/// Past either it is not read from for a while (back-pressure), or disconnected where that is set for its rate. What was taken from it
/// is never dropped for it. Without a rate all of this is one comparison a read, and one a packet.
extension BrokerEngine {
    /// Whether there is a rate at all.
    var hasRates: Bool {
        @inline(__always) get { limits.messageRate.isOn || limits.byteRate.isOn }
    }

    /// Whether nothing is taken from a connection until ``takeResumed(at:)`` names it.
    ///
    /// - Parameter handle: The connection.
    /// - Returns: Whether it is paused.
    package mutating func isPaused(_ handle: ConnectionHandle) -> Bool { connections[Int(handle.index)].isPaused }

    /// When ``takeResumed(at:)`` has something; `never` while nobody is paused.
    package var nextResume: EngineTime {
        mutating get { pausedConnections.isEmpty ? .never : resumesAt }
    }

    /// The connections that may be read from again: present what was not taken of them, and read on.
    ///
    /// - Parameter time: Now.
    /// - Returns: Their handles.
    package mutating func takeResumed(at time: EngineTime) -> [ConnectionHandle] {
        advance(to: time)
        guard !pausedConnections.isEmpty, resumesAt <= now else { return [] }
        var paused: [Int32] = []
        swap(&paused, &pausedConnections)
        resumesAt = .never
        var resumed: [ConnectionHandle] = []
        for index in paused {
            let due = hasRates ? fill(index) : now
            if due > now {
                resumesAt = min(resumesAt, due)
                pausedConnections.append(index)
            } else {
                connections[Int(index)].isPaused = false
                // Nobody could hear it meanwhile: its silence was ours.
                connections[Int(index)].lastReceived = now
                resumed.append(ConnectionHandle(index))
            }
        }
        return resumed
    }

    /// How many messages may be taken from a connection now by its rate.
    mutating func allowance(of connection: Int) -> Int {
        let index = Int32(connection)
        if throttles[index] == nil {
            throttles[index] = Throttle(
                messages: TokenBucket(limits.messageRate, at: now),
                bytes: TokenBucket(limits.byteRate, at: now)
            )
        }
        let due = fill(index)
        if due > now {
            exceedsRate(connection, until: due)
            return 0
        }
        return limits.messageRate.isOn ? throttles[index]?.messages.tokens ?? 0 : .max
    }

    /// Counts what was taken in one read; past its rate, or its share of work, the connection is paused.
    ///
    /// - Parameters:
    ///   - connection: Whose it was.
    ///   - messages: Packets that count.
    ///   - bytes: Bytes of all packets.
    ///   - isOver: Whether a packet was left because its allowance of messages is used up.
    ///   - hasMore: Whether bytes were left.
    mutating func settle(_ connection: Int, messages: Int, bytes: Int, isOver: Bool, hasMore: Bool) {
        if hasRates {
            throttles[Int32(connection)]?.messages.take(messages)
            throttles[Int32(connection)]?.bytes.take(bytes)
            let isInDebt = throttles[Int32(connection)]?.bytes.isInDebt == true && limits.byteRate.isOn
            let due = fill(Int32(connection))
            if isOver || isInDebt {
                exceedsRate(connection, until: due)
                return
            }
        }
        if hasMore, work >= limits.workPerRead { pause(connection, until: now) }
    }

    /// Fills both buckets; when both have something again.
    private mutating func fill(_ index: Int32) -> EngineTime {
        guard var throttle = throttles[index] else { return now }
        var due = now
        if limits.messageRate.isOn {
            throttle.messages.fill(limits.messageRate, at: now)
            due = throttle.messages.nextToken(limits.messageRate, at: now)
        }
        if limits.byteRate.isOn {
            throttle.bytes.fill(limits.byteRate, at: now)
            due = max(due, throttle.bytes.nextToken(limits.byteRate, at: now))
        }
        throttles[index] = throttle
        return due
    }

    private mutating func exceedsRate(_ connection: Int, until due: EngineTime) {
        guard connections[connection].state == .connected else { return }
        statistics.pauses += 1
        guard limits.disconnectsOverRate else {
            pause(connection, until: due)
            return
        }
        let error = PacketError(
            reasonCode: .messageRateTooHigh,
            message: "more than this broker lets a client send a second"
        )
        refuse(connection, error)
    }

    private mutating func pause(_ connection: Int, until due: EngineTime) {
        guard connections[connection].state == .connected, !connections[connection].isPaused else { return }
        connections[connection].isPaused = true
        resumesAt = pausedConnections.isEmpty ? due : min(resumesAt, due)
        pausedConnections.append(Int32(connection))
    }

    /// A connection is gone.
    mutating func forgetThrottle(of connection: Int) {
        throttles[Int32(connection)] = nil
        if connections[connection].isPaused { pausedConnections.removeAll { $0 == Int32(connection) } }
    }
}
