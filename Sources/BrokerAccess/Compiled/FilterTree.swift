import MQTTPackets

/// The topic filters that something is allowed for, as a tree of their levels in flat arrays.
///
/// A question walks down from the root; it allocates nothing, and visits no node twice.
struct FilterTree: Sendable {
    private struct Node {
        /// Where its children by name are in ``children``, in the order of their names.
        var firstChild = 0
        var childCount = 0
        /// The node of the level `+`; -1 for none.
        var anyLevel = -1
        /// Whether a filter goes on with `#` here.
        var hasRest = false
        /// Whether a filter ends here.
        var ends = false
    }

    private struct Child {
        var nameStart: Int
        var nameEnd: Int
        var node: Int
    }

    private var nodes: [Node] = []
    private var children: [Child] = []
    private var names: [UInt8] = []

    /// Makes the tree of filters.
    ///
    /// - Parameter filters: The levels of each.
    init(_ filters: [[TopicFilter.Level]]) {
        guard !filters.isEmpty else { return }
        _ = add(filters.map { $0[...] })
    }

    /// Whether there is no filter in it.
    var isEmpty: Bool { nodes.isEmpty }

    /// Adds the node of filters that have their first levels in common, and everything below it.
    private mutating func add(_ filters: [ArraySlice<TopicFilter.Level>]) -> Int {
        let node = nodes.count
        nodes.append(Node())
        var anyLevel: [ArraySlice<TopicFilter.Level>] = []
        var named: [[UInt8]: [ArraySlice<TopicFilter.Level>]] = [:]
        for filter in filters {
            switch filter.first {
            case nil: nodes[node].ends = true
            case .anyRest: nodes[node].hasRest = true
            case .anyLevel: anyLevel.append(filter.dropFirst())
            case .name(let name): named[name, default: []].append(filter.dropFirst())
            }
        }
        let ordered = named.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        nodes[node].firstChild = children.count
        nodes[node].childCount = ordered.count
        for (name, _) in ordered {
            children.append(Child(nameStart: names.count, nameEnd: names.count + name.count, node: -1))
            names += name
        }
        for (index, (_, rest)) in ordered.enumerated() {
            let child = add(rest)
            children[nodes[node].firstChild + index].node = child
        }
        if !anyLevel.isEmpty {
            let child = add(anyLevel)
            nodes[node].anyLevel = child
        }
        return node
    }

    // MARK: Questions

    /// Whether one of the filters matches a topic (MQTT 5.0 §4.7).
    ///
    /// - Parameter topic: The bytes of a topic name.
    /// - Returns: Whether one does; a wildcard at the beginning matches no topic that begins with `$`.
    func matches(_ topic: Span<UInt8>) -> Bool {
        guard !nodes.isEmpty, topic.count > 0 else { return false }
        return matches(topic, at: 0, below: 0)
    }

    private func matches(_ topic: Span<UInt8>, at position: Int, below node: Int) -> Bool {
        let isReserved = position == 0 && topic[0] == UInt8(ascii: "$")
        if nodes[node].hasRest, !isReserved { return true }
        // Where there are no more levels, `position` is one past the end.
        if position > topic.count { return nodes[node].ends }
        let end = Self.endOfLevel(topic, from: position)
        let named = child(of: node, topic, position, end)
        if named >= 0, matches(topic, at: end + 1, below: named) { return true }
        guard nodes[node].anyLevel >= 0, !isReserved else { return false }
        return matches(topic, at: end + 1, below: nodes[node].anyLevel)
    }

    /// Whether one of the filters covers another filter: matches every topic that it matches.
    ///
    /// - Parameters:
    ///   - filter: The bytes of a filter.
    ///   - start: Where it begins, behind the name of a share.
    /// - Returns: Whether one does; false for what is no filter.
    func covers(_ filter: Span<UInt8>, from start: Int = 0) -> Bool {
        guard !nodes.isEmpty, Self.isWellFormed(filter, from: start) else { return false }
        return covers(filter, at: start, below: 0, from: start)
    }

    private func covers(_ filter: Span<UInt8>, at position: Int, below node: Int, from start: Int) -> Bool {
        let isReserved = position == start && filter[position] == UInt8(ascii: "$")
        if nodes[node].hasRest, !isReserved { return true }
        if position > filter.count { return nodes[node].ends }
        let end = Self.endOfLevel(filter, from: position)
        let anyLevel = nodes[node].anyLevel
        if end == position + 1 {
            if filter[position] == UInt8(ascii: "#") {
                // It matches what lies one level up, too, and nothing but another `#` does. Where nothing can lie there, because no topic is
                // empty, `#` and `+/#` match the same: at the top, and behind an empty first level.
                return position <= start + 1 && anyLevel >= 0 && nodes[anyLevel].hasRest
            }
            if filter[position] == UInt8(ascii: "+") {
                // No name covers it: there are more names than anybody can list.
                return anyLevel >= 0 && covers(filter, at: end + 1, below: anyLevel, from: start)
            }
        }
        let named = child(of: node, filter, position, end)
        if named >= 0, covers(filter, at: end + 1, below: named, from: start) { return true }
        guard anyLevel >= 0, !isReserved else { return false }
        return covers(filter, at: end + 1, below: anyLevel, from: start)
    }

    private static func isWellFormed(_ filter: Span<UInt8>, from start: Int) -> Bool {
        guard start < filter.count else { return false }
        for index in start..<filter.count {
            let byte = filter[index]
            guard byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") else { continue }
            if index > start, filter[index - 1] != UInt8(ascii: "/") { return false }
            if index + 1 < filter.count, byte == UInt8(ascii: "#") || filter[index + 1] != UInt8(ascii: "/") {
                return false
            }
        }
        return true
    }

    private static func endOfLevel(_ bytes: Span<UInt8>, from position: Int) -> Int {
        var end = position
        while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }

    /// The child of a node by the name that lies between two places; -1 for none.
    private func child(of node: Int, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var low = nodes[node].firstChild
        var high = low + nodes[node].childCount
        while low < high {
            let middle = (low + high) / 2
            switch order(of: children[middle], bytes, start, end) {
            case 0: return children[middle].node
            case ..<0: low = middle + 1
            default: high = middle
            }
        }
        return -1
    }

    /// Less than 0 where the child comes before the name.
    private func order(of child: Child, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        let length = child.nameEnd - child.nameStart
        for index in 0..<min(length, end - start) {
            let difference = Int(names[child.nameStart + index]) - Int(bytes[start + index])
            if difference != 0 { return difference }
        }
        return length - (end - start)
    }
}
