/// When a client pings and when it gives a connection up (MQTT 5.0 §3.1.2.10).
///
/// Pings are lazy: any packet shows the server that the client lives, so a ping leaves only after a silence. A client
/// that keeps sending and hears nothing would never find out that the server is gone; so it also pings when nothing
/// came for as long. Times are durations since any fixed start.
package struct KeepAlive: Sendable {
    /// What is to be done at a deadline.
    package enum Action: Sendable, Equatable {
        /// Nothing yet; look at the new ``KeepAlive/deadline``.
        case wait
        /// Send PINGREQ; it counts as sent.
        case ping
        /// The server did not answer a ping in time: the connection is dead.
        case giveUp
    }

    private let silence: Duration
    private let timeout: Duration
    private var lastSent: Duration
    private var lastReceived: Duration
    private var pinged: Duration?

    /// Starts to watch a connection.
    ///
    /// - Parameters:
    ///   - interval: The keep-alive interval in force; zero for none.
    ///   - timeout: How long the server may take to answer a ping.
    ///   - now: The present time.
    package init(interval: Duration, timeout: Duration, now: Duration) {
        // A quarter of the interval is left for the ping to arrive in, also when the timer is late.
        self.silence = interval * 3 / 4
        self.timeout = timeout
        self.lastSent = now
        self.lastReceived = now
    }

    /// When to call ``act(at:)``; `nil` for never.
    package var deadline: Duration? {
        guard self.silence > .zero else { return nil }
        if let pinged = self.pinged { return pinged + self.timeout }
        return min(self.lastSent, self.lastReceived) + self.silence
    }

    /// Notes that a packet was sent.
    ///
    /// - Parameter now: The present time.
    package mutating func sent(at now: Duration) {
        self.lastSent = now
    }

    /// Notes that a packet came; whatever it is, it shows that the server lives.
    ///
    /// - Parameter now: The present time.
    package mutating func received(at now: Duration) {
        self.lastReceived = now
        self.pinged = nil
    }

    /// Decides what to do.
    ///
    /// - Parameter now: The present time.
    /// - Returns: What to do; after ``Action/ping`` an answer is expected.
    package mutating func act(at now: Duration) -> Action {
        guard let deadline = self.deadline, now >= deadline else { return .wait }
        if self.pinged != nil { return .giveUp }
        self.pinged = now
        self.lastSent = now
        return .ping
    }
}
