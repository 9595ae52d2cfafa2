import MQTTPackets

/// Where the proof of who a client is stands: of its CONNECT, or again on a live connection (MQTT 5.0 §4.12).
struct AuthenticationExchange {
    /// The CONNECT that waits; nil once it was answered.
    var connect: Connect?
    /// The Authentication Method, which stays the same all along ([MQTT-4.12.0-5], [MQTT-4.12.1-1]); nil where CONNECT named none.
    var method: String?
    /// The request that was asked last; its outcome repeats the number.
    var number: UInt64 = 0
    /// Whether a challenge was sent, and the client's AUTH comes next.
    var awaitsClient = false
    /// When it must be done; `never` while nothing is being proven.
    var deadline = EngineTime.never
}
