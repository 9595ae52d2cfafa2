extension TopicTree {
    /// Calls `body` with each node of a tree of filters that matches a topic (MQTT 5.0 §4.7).
    ///
    /// - Returns: How many nodes were looked at: at most those of the tree, whatever its filters.
    @discardableResult
    func matchFilters(_ topic: Span<UInt8>, _ body: (Int32) -> Void) -> Int {
        let isSystem = topic.count > 0 && topic[0] == UInt8(ascii: "$")
        return matchFilters(node: Self.root, topic, from: 0, wildcardsAllowed: !isSystem, body)
    }

    private func matchFilters(
        node: Int32,
        _ topic: Span<UInt8>,
        from start: Int,
        wildcardsAllowed: Bool,
        _ body: (Int32) -> Void
    ) -> Int {
        if wildcardsAllowed, nodes[Int(node)].hashSign >= 0 { body(nodes[Int(node)].hashSign) }
        guard start <= topic.count else {
            body(node)
            return 1
        }
        var looked = 1
        var end = start
        while end < topic.count, topic[end] != UInt8(ascii: "/") { end += 1 }
        let following = end == topic.count ? topic.count + 1 : end + 1
        if let child = child(of: node, topic, start..<end) {
            looked += matchFilters(node: child, topic, from: following, wildcardsAllowed: true, body)
        }
        if wildcardsAllowed, nodes[Int(node)].plus >= 0 {
            looked += matchFilters(node: nodes[Int(node)].plus, topic, from: following, wildcardsAllowed: true, body)
        }
        return looked
    }

    /// Calls `body` with each node of a tree of topics that a filter matches (MQTT 5.0 §4.7).
    func matchTopics(_ filter: Span<UInt8>, _ body: (Int32) -> Void) {
        matchTopics(node: Self.root, filter, from: 0, body)
    }

    private func matchTopics(node: Int32, _ filter: Span<UInt8>, from start: Int, _ body: (Int32) -> Void) {
        guard start <= filter.count else {
            body(node)
            return
        }
        var end = start
        while end < filter.count, filter[end] != UInt8(ascii: "/") { end += 1 }
        let following = end == filter.count ? filter.count + 1 : end + 1
        let isSingle = end - start == 1
        if isSingle, filter[start] == UInt8(ascii: "#") {
            if node != Self.root { body(node) }
            everyBelow(node, body)
        } else if isSingle, filter[start] == UInt8(ascii: "+") {
            var child = nodes[Int(node)].firstChild
            while child >= 0 {
                if !isHidden(child) { matchTopics(node: child, filter, from: following, body) }
                child = nodes[Int(child)].nextSibling
            }
        } else if let child = child(of: node, filter, start..<end) {
            matchTopics(node: child, filter, from: following, body)
        }
    }

    private func everyBelow(_ node: Int32, _ body: (Int32) -> Void) {
        var child = nodes[Int(node)].firstChild
        while child >= 0 {
            if !isHidden(child) {
                body(child)
                everyBelow(child, body)
            }
            child = nodes[Int(child)].nextSibling
        }
    }

    /// Topics that begin with `$` are not seen by a wildcard in front ([MQTT-4.7.2-1]).
    private func isHidden(_ node: Int32) -> Bool {
        nodes[Int(node)].parent == Self.root && nodes[Int(node)].level.first == UInt8(ascii: "$")
    }
}
