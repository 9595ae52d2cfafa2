/// What one connected client may do.
///
/// Questions allocate nothing. What is asked for comes as bytes, as it stands in the packet.
///
/// Three things need no rule, because they give no access by themselves: requests to the state store and commits (``mayPublish(_:)`` allows their
/// topics; each operation in them is to be asked for by itself), the topic on which the client's own answers come, and the notices of keys that it
/// watches. Two things no rule can give: to publish where the state store sends its notices, and to have answers sent to where the client may not
/// publish.
package struct ConnectionAccess: Sendable {
    private final class Storage: Sendable {
        let mayConnect: Bool
        let clientIdentifier: [UInt8]
        let parts: [AccessPart]

        init(_ mayConnect: Bool, _ clientIdentifier: [UInt8], _ parts: [AccessPart]) {
            self.mayConnect = mayConnect
            self.clientIdentifier = clientIdentifier
            self.parts = parts
        }
    }

    private let storage: Storage

    init(mayConnect: Bool, clientIdentifier: [UInt8], parts: [AccessPart]) {
        storage = Storage(mayConnect, clientIdentifier, parts)
    }

    /// Whether the client may be connected at all.
    package var mayConnect: Bool { storage.mayConnect }

    /// Whether it may publish to a topic.
    ///
    /// - Parameter topic: The topic name, as bytes of UTF-8.
    /// - Returns: Whether a rule allows it, or it is a request whose operations are asked for one by one.
    package func mayPublish(_ topic: Span<UInt8>) -> Bool {
        if ServiceTopic.isRequest(topic) { return true }
        return isAllowedToPublish(topic)
    }

    /// Whether answers to its requests may be sent to a topic.
    ///
    /// - Parameter topic: The response topic of a request.
    /// - Returns: Whether it is the client's own, or one to which it may publish itself.
    package func mayHaveAnswers(at topic: Span<UInt8>) -> Bool {
        ServiceTopic.isAnswer(topic, to: storage.clientIdentifier) || isAllowedToPublish(topic)
    }

    private func isAllowedToPublish(_ topic: Span<UInt8>) -> Bool {
        if ServiceTopic.isNotice(topic) { return false }
        let parts = storage.parts
        for index in parts.indices where parts[index].publish.matches(topic) { return true }
        return false
    }

    /// Whether it may subscribe: whether one filter that is allowed matches every topic that the filter matches.
    ///
    /// - Parameter filter: The topic filter as it stands in SUBSCRIBE, `$share/…` included.
    /// - Returns: Whether a rule allows it, or it is for what is sent to this client alone.
    package func maySubscribe(_ filter: Span<UInt8>) -> Bool {
        let parts = storage.parts
        if let name = Self.share(of: filter) {
            for index in parts.indices where parts[index].coversShared(filter, name: name) { return true }
            return false
        }
        for index in parts.indices where parts[index].subscribe.covers(filter) { return true }
        return ServiceTopic.isAnswer(filter, to: storage.clientIdentifier)
            || ServiceTopic.isNotices(filter, to: storage.clientIdentifier)
    }

    /// Where the name of the group lies in a shared filter (MQTT 5.0 §4.8.2); nil for a plain one.
    private static func share(of filter: Span<UInt8>) -> Range<Int>? {
        guard ServiceTopic.starts(filter, with: sharePrefix) else { return nil }
        var end = sharePrefix.count
        while end < filter.count, filter[end] != UInt8(ascii: "/") { end += 1 }
        return sharePrefix.count..<end
    }

    private static let sharePrefix = Array("$share/".utf8)

    /// Whether it may read a key of the state store, and watch it.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether a rule allows it.
    package func mayReadState(_ key: Span<UInt8>) -> Bool {
        let parts = storage.parts
        for index in parts.indices where Self.contains(parts[index].readState, key) { return true }
        return false
    }

    /// Whether it may set and delete a key of the state store.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether a rule allows it.
    package func mayWriteState(_ key: Span<UInt8>) -> Bool {
        let parts = storage.parts
        for index in parts.indices where Self.contains(parts[index].writeState, key) { return true }
        return false
    }

    private static func contains(_ patterns: [GlobPattern], _ key: Span<UInt8>) -> Bool {
        for index in patterns.indices where patterns[index].matches(key) { return true }
        return false
    }
}
