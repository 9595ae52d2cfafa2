import MQTTTransport

extension BrokerConfiguration {
    /// Everything that is wrong with the configuration, each in a sentence, as far as it can be seen without starting.
    ///
    /// Files are read: certificates and keys that do not belong together are found.
    ///
    /// - Returns: The problems; empty when a broker can be started with it, if its addresses and its data directory are free.
    public func problems() -> [String] {
        var problems = listenerProblems()
        do throws(BrokerError) {
            _ = try BrokerSecurity.policy(access)
        } catch {
            problems.append(error.message)
        }
        if let prefix = responseTopicPrefix, prefix.isEmpty || prefix.contains(where: { "+#\0".contains($0) }) {
            problems.append("responseTopicPrefix: '\(prefix)' begins no topic: it has no +, # or NUL, and is not empty")
        }
        if !Self.allowedNetworkLoops.contains(networkLoops) {
            problems.append("networkLoops: \(networkLoops) is not from 0 to \(Self.allowedNetworkLoops.upperBound)")
        }
        if redirection?.reference?.isEmpty == true {
            problems.append("redirection: the reference is empty: leave it out, or name servers such as host:1883")
        }
        return problems
    }

    /// Everything that is wrong with the files and settings of authentication; nobody is asked.
    ///
    /// - Returns: The problems, each in a sentence.
    public func authenticationProblems() async -> [String] {
        var problems: [String] = []
        let chains = effectiveListeners.map { authentication(of: $0) } + [operators]
        for configuration in Set(chains.compactMap { $0 }) {
            problems += await configuration.problems(clock: SystemBrokerClock())
        }
        return problems.sorted()
    }
}

extension BrokerConfiguration {
    /// What is no mistake and yet should be seen to, each in a sentence.
    ///
    /// - Returns: The warnings: certificates that have expired, listeners that let everybody in.
    public func warnings() -> [String] {
        effectiveListeners.flatMap { listener in
            var warnings: [String] = []
            if let tls = try? listener.makeTLS(), Int64(tls.validUntil) * 1_000 < wallMilliseconds() {
                warnings.append("listener '\(listener.name)': its certificate has expired")
            }
            if authentication(of: listener) == nil, !listener.isLocal {
                warnings.append(
                    "listener '\(listener.name)': everybody who reaches it may connect: it has no authentication"
                )
            }
            return warnings
        }
    }
}
