import MQTTPackets

/// A topic filter that gives back what its wildcards stand for.
struct TopicPattern: Sendable {
    /// The filter, without a share.
    let filter: TopicFilter

    /// Takes a filter apart.
    ///
    /// - Parameter text: The filter; without `$share/`, since the worker adds its group.
    /// - Throws: ``WorkerError`` when it is no filter.
    init(_ text: String) throws(WorkerError) {
        do throws(PacketError) {
            self.filter = try TopicFilter(text)
        } catch {
            throw WorkerError(.invalidConfiguration, "'\(text)' is no topic filter: \(error.message)")
        }
        if filter.share != nil {
            throw WorkerError(
                .invalidConfiguration,
                "'\(text)' names a share; give the filter alone and the group beside it"
            )
        }
    }

    /// Matches a topic.
    ///
    /// - Parameter topic: The topic of a message.
    /// - Returns: What each `+` and the `#` stand for, or `nil` when the topic does not match.
    func captures(in topic: String) -> [String]? {
        guard filter.matches(topic: topic) else { return nil }
        let parts = topic.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var captures: [String] = []
        for (index, level) in filter.levels.enumerated() {
            switch level {
            case .name: continue
            case .anyLevel: captures.append(String(decoding: parts[index], as: UTF8.self))
            case .anyRest:
                let rest = parts.dropFirst(index).joined(separator: CollectionOfOne(UInt8(ascii: "/")))
                captures.append(String(decoding: Array(rest), as: UTF8.self))
            }
        }
        return captures
    }

    /// Whether the filter matches a topic that begins with some levels and goes on.
    ///
    /// - Parameter prefix: The first levels of the topic.
    /// - Returns: Whether there is such a topic.
    func canMatch(topicsBelow prefix: String) -> Bool {
        let parts = prefix.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.first?.first == UInt8(ascii: "$") {
            guard case .name = filter.levels[0] else { return false }
        }
        for (index, part) in parts.enumerated() {
            guard index < filter.levels.count else { return false }
            switch filter.levels[index] {
            case .anyRest: return true
            case .anyLevel: continue
            case .name(let name): if !name.elementsEqual(part) { return false }
            }
        }
        return filter.levels.count > parts.count
    }
}
