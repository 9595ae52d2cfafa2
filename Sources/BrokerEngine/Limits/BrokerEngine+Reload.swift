extension BrokerEngine {
    /// Takes other limits from now on; what is past one of them already stays.
    ///
    /// The limits of the state store, and the size of the cache of topics, stay those that the engine was made with. The caller keeps those that
    /// connected clients were told (Receive Maximum, Maximum Packet Size).
    ///
    /// - Parameter limits: The new limits.
    package mutating func setLimits(_ limits: EngineLimits) {
        configuration.limits = limits
    }
}
