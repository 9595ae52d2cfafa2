import BrokerEngine

/// Decides whether a new connection is taken: how fast they come in all and from one network, and how many that network has.
///
/// Time comes in as a value. A network is remembered while it has connections or has not earned its whole allowance back.
struct ConnectionThrottle {
    private struct Entry {
        var bucket: TokenBucket
        var open = 0
    }

    private let limits: ConnectionLimits
    private var all: TokenBucket?
    private var entries: [PeerNetwork: Entry] = [:]
    /// What networks share that are too many to be remembered.
    private var others: Entry?
    /// Connections that were not taken.
    private(set) var refused: UInt64 = 0

    init(_ limits: ConnectionLimits) {
        self.limits = limits
    }

    /// How many networks are remembered.
    var remembered: Int { entries.count }

    private var looksAtNetworks: Bool { limits.ratePerNetwork.isOn || limits.perNetwork > 0 }

    /// Whether a connection is taken; one that is must be given back by ``forget(_:at:)``.
    ///
    /// - Parameters:
    ///   - network: Where it comes from; nil for nowhere, which only the rate of all bounds.
    ///   - time: Now.
    /// - Returns: Whether it is taken.
    mutating func admits(_ network: PeerNetwork?, at time: EngineTime) -> Bool {
        if let network, looksAtNetworks, !admitsNetwork(network, at: time) {
            refused += 1
            return false
        }
        guard limits.rate.isOn else { return true }
        var bucket = all ?? TokenBucket(limits.rate, at: time)
        bucket.fill(limits.rate, at: time)
        let isAdmitted = bucket.tokens > 0
        if isAdmitted { bucket.take(1) }
        all = bucket
        if !isAdmitted {
            refused += 1
            forget(network, at: time)
        }
        return isAdmitted
    }

    private mutating func admitsNetwork(_ network: PeerNetwork, at time: EngineTime) -> Bool {
        if entries[network] == nil, entries.count >= limits.networks { prune(at: time) }
        let isKnown = entries[network] != nil || entries.count < limits.networks
        var entry = (isKnown ? entries[network] : others) ?? Entry(bucket: TokenBucket(limits.ratePerNetwork, at: time))
        defer { if isKnown { entries[network] = entry } else { others = entry } }
        if limits.perNetwork > 0, entry.open >= limits.perNetwork, isKnown { return false }
        if limits.ratePerNetwork.isOn {
            entry.bucket.fill(limits.ratePerNetwork, at: time)
            guard entry.bucket.tokens > 0 else { return false }
            entry.bucket.take(1)
        }
        if isKnown { entry.open += 1 }
        return true
    }

    /// A connection that was taken is gone.
    mutating func forget(_ network: PeerNetwork?, at time: EngineTime) {
        guard looksAtNetworks, let network, var entry = entries[network] else { return }
        entry.open = max(0, entry.open - 1)
        entry.bucket.fill(limits.ratePerNetwork, at: time)
        let isDone = entry.open == 0 && (!limits.ratePerNetwork.isOn || entry.bucket.isFull(limits.ratePerNetwork))
        entries[network] = isDone ? nil : entry
    }

    private mutating func prune(at time: EngineTime) {
        entries = entries.filter { _, entry in
            var bucket = entry.bucket
            bucket.fill(limits.ratePerNetwork, at: time)
            return entry.open > 0 || (limits.ratePerNetwork.isOn && !bucket.isFull(limits.ratePerNetwork))
        }
    }
}
