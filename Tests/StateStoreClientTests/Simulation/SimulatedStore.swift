import StateStoreClient

/// A state store of a few lines, by its own clock: what the protocol promises about leases and fencing, and no more.
///
/// It is written apart from the room `StateStore`, so that the two can be wrong only in different ways.
struct SimulatedStore {
    struct Entry {
        var value: [UInt8]
        var version: StateStoreVersion
        /// In milliseconds of the store's clock.
        var expiry: Int64?
        var fence: StateStoreVersion?
    }

    enum Answer {
        case applied(StateStoreVersion)
        case notApplied
        case entry(Entry?)
        case deleted
        case fenced
    }

    private(set) var entries: [String: Entry] = [:]
    private var last = StateStoreVersion(milliseconds: 0, counter: 0, node: "S")

    mutating func execute(_ request: SimulatedRequest.Kind, at milliseconds: Int64) -> Answer {
        self.expire(milliseconds)
        switch request {
        case .acquire(let holder, let duration):
            if let entry = self.entries["lease"], entry.value != holder { return .notApplied }
            let version = self.tick(milliseconds)
            self.entries["lease"] = Entry(value: holder, version: version, expiry: milliseconds + duration)
            return .applied(version)
        case .release(let holder):
            if self.entries["lease"]?.value == holder { self.entries["lease"] = nil }
            return .deleted
        case .read: return .entry(self.entries["data"])
        case .write(let write): return self.write(write, milliseconds)
        }
    }

    private mutating func write(_ write: SimulatedRequest.Write, _ milliseconds: Int64) -> Answer {
        let present = self.entries["data"]
        if let fence = present?.fence {
            guard let token = write.token else { return .fenced }
            if token < fence { return .fenced }
        }
        switch write.condition {
        case .absent: if present != nil { return .notApplied }
        case .equal: if let present, present.value != write.value { return .notApplied }
        case .version(let version): if present?.version != version { return .notApplied }
        case .none: break
        }
        let version = self.tick(milliseconds)
        self.entries["data"] = Entry(value: write.value, version: version, fence: write.token)
        return .applied(version)
    }

    /// Who holds the lease at a time of the store's clock.
    func holder(at milliseconds: Int64) -> [UInt8]? {
        guard let entry = self.entries["lease"], let expiry = entry.expiry, milliseconds < expiry else { return nil }
        return entry.value
    }

    /// A restart that loses what is not durable: here, everything about leases.
    mutating func forgetLease() { self.entries["lease"] = nil }

    private mutating func expire(_ milliseconds: Int64) {
        self.entries = self.entries.filter { $0.value.expiry.map { milliseconds < $0 } ?? true }
    }

    private mutating func tick(_ milliseconds: Int64) -> StateStoreVersion {
        if milliseconds > self.last.milliseconds {
            self.last = StateStoreVersion(milliseconds: milliseconds, counter: 0, node: "S")
        } else {
            self.last.counter += 1
        }
        return self.last
    }
}
