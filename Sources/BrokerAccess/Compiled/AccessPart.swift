import MQTTPackets

/// What is allowed by one rule, or by what several rules come to for one client; shared by all to whom it applies.
final class AccessPart: Sendable {
    /// The filters that are allowed for one shared group, or for all.
    struct SharedFilters {
        var share: FilterTemplate.Share
        var filters: FilterTree
    }

    let publish: FilterTree
    let subscribe: FilterTree
    let shared: [SharedFilters]
    let readState: [GlobPattern]
    let writeState: [GlobPattern]

    init(
        publish: [FilterTemplate.Filter],
        subscribe: [FilterTemplate.Filter],
        readState: [GlobPattern],
        writeState: [GlobPattern]
    ) {
        self.publish = FilterTree(publish.map(\.levels))
        self.subscribe = FilterTree(subscribe.filter { $0.share == nil }.map(\.levels))
        var shared: [FilterTemplate.Share: [[TopicFilter.Level]]] = [:]
        for filter in subscribe {
            if let share = filter.share { shared[share, default: []].append(filter.levels) }
        }
        self.shared = shared.map { SharedFilters(share: $0.key, filters: FilterTree($0.value)) }
        self.readState = readState
        self.writeState = writeState
    }

    /// Whether it allows nothing.
    var isEmpty: Bool {
        publish.isEmpty && subscribe.isEmpty && shared.isEmpty && readState.isEmpty && writeState.isEmpty
    }

    /// Whether it allows a shared subscription.
    ///
    /// - Parameters:
    ///   - filter: The whole filter.
    ///   - name: Where the name of the group lies in it.
    /// - Returns: Whether it does.
    func coversShared(_ filter: Span<UInt8>, name: Range<Int>) -> Bool {
        for one in shared {
            if case .named(let wanted) = one.share {
                guard wanted.count == name.count else { continue }
                guard wanted.indices.allSatisfy({ wanted[$0] == filter[name.lowerBound + $0] }) else { continue }
            }
            if one.filters.covers(filter, from: name.upperBound + 1) { return true }
        }
        return false
    }
}
