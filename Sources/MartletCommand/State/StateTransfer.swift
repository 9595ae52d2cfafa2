import StateStoreClient

/// Copies keys out of a store and into one.
enum StateTransfer {
    /// How many keys are asked for at a time.
    static let pageKeys = 256
    /// How many writes may wait for their answers.
    static let window = 64

    /// Calls with each key of a prefix, once, for as long as the closure says to go on.
    ///
    /// What is written meanwhile may be found or not.
    static func forEach(
        _ prefix: StateStoreKey,
        in store: StateStoreClient,
        withValues: Bool,
        since: StateStoreVersion? = nil,
        _ body: (StateStoreScanItem) throws -> Bool
    ) async throws {
        var cursor: [UInt8]?
        repeat {
            try Task.checkCancellation()
            let page = try await store.scan(
                prefix: prefix,
                after: cursor,
                count: pageKeys,
                withValues: withValues,
                since: since
            )
            for item in page.items where try !body(item) { return }
            cursor = page.cursor
        } while cursor != nil
    }

    /// Writes all keys of a prefix as lines.
    ///
    /// - Returns: How many there were.
    static func export(
        _ prefix: StateStoreKey,
        from store: StateStoreClient,
        progress: (Int) -> Void,
        _ write: (String) throws -> Void
    ) async throws -> Int {
        try write(StateExportLine.header)
        var count = 0
        try await forEach(prefix, in: store, withValues: true) { item in
            try write(StateExportLine.line(item))
            count += 1
            progress(count)
            return true
        }
        try write(StateExportLine.end(count))
        return count
    }

    /// Puts the keys of an export into a store.
    ///
    /// - Returns: How many were written, and how many were there already.
    static func load(
        into store: StateStoreClient,
        ifAbsent: Bool,
        progress: (Int) -> Void,
        _ nextLine: () async throws -> [UInt8]?
    ) async throws -> StateLoad {
        var reader = StateExportReader()
        var load = StateLoad()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var underWay = 0
            func settle() async throws {
                guard let isWritten = try await group.next() else { return }
                underWay -= 1
                if isWritten { load.written += 1 } else { load.skipped += 1 }
                progress(load.written + load.skipped)
            }
            while let line = try await nextLine() {
                try Task.checkCancellation()
                guard let item = try reader.read(line) else { continue }
                if underWay == window { try await settle() }
                underWay += 1
                group.addTask {
                    let condition: StateStoreCondition = ifAbsent ? .absent : .always
                    return try await store.set(item.key, item.value, if: condition).appliedVersion != nil
                }
            }
            while underWay > 0 { try await settle() }
        }
        try reader.finish()
        return load
    }
}
