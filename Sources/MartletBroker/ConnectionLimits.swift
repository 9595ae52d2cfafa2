import BrokerEngine

/// How fast connections may come, each with its default and what happens past it.
struct ConnectionLimits: Sendable {
    /// Connections a second that are taken in all; past it a new one is closed at once.
    var rate = RateLimit.none
    /// Connections a second from one network; past it a new one from there is closed at once.
    var ratePerNetwork = RateLimit.none
    /// Connections of one network at one time; past it a new one from there is closed at once (0: no bound).
    var perNetwork = 0
    /// Networks that are remembered; while there are more with something to remember, further ones share one place.
    var networks = 100_000
}
