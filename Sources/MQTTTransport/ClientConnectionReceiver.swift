package import MQTTPackets

/// Who is told what happens on a client's connection; always on the connection's event loop.
package protocol ClientConnectionReceiver: Sendable {
    /// The connection is there.
    ///
    /// - Parameter connection: The connection.
    func opened(_ connection: ClientConnection)

    /// Whole packets came.
    ///
    /// - Parameters:
    ///   - packets: The packets of one read, in their order.
    ///   - number: The number of the connection.
    func received(_ packets: [Packet], on number: UInt64)

    /// What can not be a packet came; nothing more will be read.
    ///
    /// - Parameters:
    ///   - error: What is wrong with it, and the reason code for the peer.
    ///   - number: The number of the connection.
    func failed(_ error: PacketError, on number: UInt64)

    /// All that was there to read has been handed over: now is the time to decide and to flush once.
    ///
    /// - Parameter number: The number of the connection.
    func readBurstEnded(on number: UInt64)

    /// The connection takes bytes again.
    ///
    /// - Parameter number: The number of the connection.
    func becameWritable(on number: UInt64)

    /// The connection is gone.
    ///
    /// - Parameters:
    ///   - cause: What the network said, if it said anything.
    ///   - number: The number of the connection.
    func closed(_ cause: (any Error)?, on number: UInt64)
}
