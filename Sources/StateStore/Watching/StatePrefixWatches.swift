/// Which clients want to hear of which prefixes (extension).
///
/// A change is compared with every prefix that anybody watches, so their number has a low limit; that of their clients has
/// not, for the workers of a group watch the same one.
struct StatePrefixWatches {
    private var prefixes: [Prefix] = []
    private var countOfClient: [Int32: Int] = [:]
    private let limit: Int
    private let limitPerClient: Int

    init(_ configuration: StateStoreConfiguration) {
        limit = configuration.watchedPrefixes
        limitPerClient = configuration.watchesPerClient
    }

    @inline(__always)
    var isEmpty: Bool { prefixes.isEmpty }

    mutating func insert(_ prefix: Span<UInt8>, client: Int32) throws(StateError) {
        let place = place(of: prefix)
        if let place, prefixes[place].clients.contains(client) { return }
        let ofClient = countOfClient[client, default: 0]
        guard ofClient < limitPerClient else { throw .quotaExceeded }
        if let place {
            prefixes[place].clients.append(client)
        } else {
            guard prefixes.count < limit else { throw .quotaExceeded }
            prefixes.append(Prefix(bytes: Array(span: prefix), clients: [client]))
        }
        countOfClient[client] = ofClient + 1
    }

    mutating func remove(_ prefix: Span<UInt8>, client: Int32) -> Bool {
        guard let place = place(of: prefix), prefixes[place].clients.contains(client) else { return false }
        remove(client, at: place)
        let left = countOfClient[client, default: 1] - 1
        countOfClient[client] = left == 0 ? nil : left
        return true
    }

    mutating func removeAll(of client: Int32) {
        guard countOfClient.removeValue(forKey: client) != nil else { return }
        for place in prefixes.indices.reversed() where prefixes[place].clients.contains(client) {
            remove(client, at: place)
        }
    }

    /// Calls with each client that watches a prefix of the key; with one of several such prefixes once for each.
    @inline(__always)
    func forEach(_ key: Span<UInt8>, _ body: (Int32) -> Void) {
        for prefix in prefixes {
            let bytes = prefix.bytes
            guard key.matches(bytes.span) else { continue }
            for client in prefix.clients { body(client) }
        }
    }

    private func place(of prefix: Span<UInt8>) -> Int? {
        for place in prefixes.indices where prefixes[place].bytes.count == prefix.count {
            let bytes = prefixes[place].bytes
            if prefix.matches(bytes.span) { return place }
        }
        return nil
    }

    private mutating func remove(_ client: Int32, at place: Int) {
        prefixes[place].clients.removeAll { $0 == client }
        if prefixes[place].clients.isEmpty { prefixes.remove(at: place) }
    }
}

extension StatePrefixWatches {
    private struct Prefix {
        var bytes: [UInt8]
        var clients: [Int32]
    }
}
