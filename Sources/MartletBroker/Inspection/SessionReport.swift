import BrokerEngine
import MQTTPackets

/// A session, for an operator; durations are in seconds.
package struct SessionReport: Codable, Sendable, Equatable {
    /// The will that is kept for it.
    package struct Will: Codable, Sendable, Equatable {
        package var topic: String
        package var qos: Int
        package var retain: Bool
        package var payloadBytes: Int
        /// Seconds between the loss of the connection and the sending.
        package var delay: Int
        /// Seconds until it is sent; nil while the client is connected.
        package var dueIn: Int?
    }

    /// The connection it is on.
    package struct Connection: Codable, Sendable, Equatable {
        /// `5.0` or `3.1.1`.
        package var version: String
        /// The listener that the client came by; nil where it has no name.
        package var listener: String?
        /// The address of the client; nil where it has none.
        package var peer: String?
        /// Who the client is, as far as it had to prove that.
        package var userName: String?
        /// 0 for none.
        package var keepAlive: Int
        package var receiveMaximum: Int
        /// Bytes; nil for no bound.
        package var maximumPacketSize: Int?
        /// Seconds since it was heard of.
        package var silence: Int
        /// Bytes that its socket has not taken.
        package var outputBytes: Int
        /// Whether its socket takes more.
        package var isWritable: Bool
        /// Whether it asked for what is beyond the standard.
        package var isExtended: Bool
    }

    package var client: String
    package var isConnected: Bool
    package var connection: Connection?
    /// Seconds that it outlives its connection; nil for ever.
    package var expiry: Int?
    /// Seconds until it ends; nil while it is connected, and for an endless one.
    package var endsIn: Int?
    package var subscriptions: Int
    package var groups: Int
    package var queued: Int
    package var queuedBytes: Int
    package var inflight: Int
    /// Seconds since the oldest message of its queue arrived; nil for an empty one.
    package var oldestAge: Int?
    package var will: Will?

    init(_ session: InspectedSession, now: EngineTime, listener: String? = nil, peer: String? = nil) {
        client = session.clientIdentifier
        isConnected = session.live != nil
        connection = session.live.map { Connection($0, now: now, listener: listener, peer: peer) }
        expiry = session.expiry == .max ? nil : Int(session.expiry)
        endsIn = Self.seconds(until: session.endsAt, now)
        subscriptions = session.subscriptions
        groups = session.groups
        queued = session.queued
        queuedBytes = session.queuedBytes
        inflight = session.inflight
        oldestAge = session.oldestAge
        will = session.will.map {
            Will(
                topic: $0.topic,
                qos: Int($0.qos),
                retain: $0.isRetained,
                payloadBytes: $0.payloadBytes,
                delay: Int($0.delay),
                dueIn: Self.seconds(until: $0.dueAt, now)
            )
        }
    }

    private static func seconds(until time: EngineTime, _ now: EngineTime) -> Int? {
        time == .never ? nil : Int(max(0, time.milliseconds - now.milliseconds) / 1_000)
    }
}

extension SessionReport.Connection {
    fileprivate init(_ live: InspectedSession.Live, now: EngineTime, listener: String?, peer: String?) {
        self.version = live.version == .v5 ? "5.0" : "3.1.1"
        self.listener = listener
        self.peer = peer
        self.userName = live.userName
        self.keepAlive = live.keepAlive
        self.receiveMaximum = live.receiveMaximum
        self.maximumPacketSize = live.maximumPacketSize
        self.silence = Int(max(0, now.milliseconds - live.lastHeard.milliseconds) / 1_000)
        self.outputBytes = live.outputBytes
        self.isWritable = live.isWritable
        self.isExtended = live.isExtended
    }
}
