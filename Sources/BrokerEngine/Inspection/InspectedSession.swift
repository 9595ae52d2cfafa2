package import MQTTPackets

/// A session as an operator sees it.
package struct InspectedSession: Sendable, Equatable {
    /// The will that is kept for it.
    package struct Will: Sendable, Equatable {
        package var topic: String
        package var qos: UInt8
        package var isRetained: Bool
        package var payloadBytes: Int
        /// Seconds between the loss of the connection and the sending.
        package var delay: UInt32
        /// When it is sent; `never` while the client is connected.
        package var dueAt: EngineTime
    }

    /// What is known of the connection that a session is on.
    package struct Live: Sendable, Equatable {
        package var handle: ConnectionHandle
        package var version: ProtocolVersion
        /// Who the client is, as far as it had to prove that; nil for nobody in particular.
        package var userName: String?
        /// Seconds; 0 for none.
        package var keepAlive: Int
        package var receiveMaximum: Int
        /// Nil for no bound.
        package var maximumPacketSize: Int?
        /// When the client was heard of last.
        package var lastHeard: EngineTime
        /// Bytes that its socket has not taken.
        package var outputBytes: Int
        /// Whether its socket takes more.
        package var isWritable: Bool
        /// Whether it asked for what is beyond the standard.
        package var isExtended: Bool
    }

    package var clientIdentifier: String
    package var live: Live?
    /// Seconds that the session outlives its connection; `UInt32.max` for ever.
    package var expiry: UInt32
    /// When it ends unless somebody connects; `never` while connected or for an endless one.
    package var endsAt: EngineTime
    package var subscriptions: Int
    package var groups: Int
    /// Messages that wait for it alone, without those in flight.
    package var queued: Int
    /// Bytes of those and of the ones in flight.
    package var queuedBytes: Int
    /// Deliveries without their acknowledgement, those of shared groups among them.
    package var inflight: Int
    /// Seconds since the oldest message of its own queue arrived; nil for an empty one.
    package var oldestAge: Int?
    package var will: Will?
}
