/// The state that a handler reads and writes: `context.state`.
///
/// What is set is seen by the same run of the handler at once, and by everybody else together with the
/// acknowledgement of the message: all of it happens, or none of it. It is thrown away when the handler throws.
///
/// At level A nothing that was read may have changed meanwhile: if something has, the handler runs again on fresh
/// values. So a handler keeps what it reads from the state to itself until it has returned.
public struct HandlerState: Sendable {
    let stage: StateStage

    /// Reads a value.
    ///
    /// - Parameter key: Where it stands.
    /// - Returns: The value, or `nil` if there is none.
    /// - Throws: ``WorkerError`` when there is no store, or what stands there was not written for this key; and what the key's
    ///   codec and upgrade throw.
    public func get<Value>(_ key: StateKey<Value>) async throws -> Value? {
        guard let found = try await stage.read(key.name) else { return nil }
        guard found.schema <= key.schema else { throw Self.newer(found.schema, key) }
        return try key.decode(found.payload, found.schema)
    }

    /// Sets a value together with the acknowledgement of the message.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - key: Where it is to stand.
    /// - Throws: ``WorkerError`` when the handler touched too much, has returned already, or a value of a newer schema was read
    ///   there; and what the key's codec throws.
    public func set<Value>(_ value: Value, for key: StateKey<Value>) throws {
        let content = StagedContent(
            schema: key.schema,
            payload: try key.encode(value),
            expiresIn: key.expiresIn
        )
        try stage.write(key.name, content, newestSchema: key.schema)
    }

    /// Removes a value together with the acknowledgement of the message.
    ///
    /// - Parameter key: Where it stands.
    /// - Throws: ``WorkerError`` as ``set(_:for:)`` does.
    public func remove<Value>(_ key: StateKey<Value>) throws {
        try stage.write(key.name, nil, newestSchema: key.schema)
    }

    /// Reads a value, changes it, and sets what came of it.
    ///
    /// - Parameters:
    ///   - key: Where it stands.
    ///   - standard: What is changed if nothing stands there.
    ///   - change: Changes the value.
    /// - Returns: What the change returns.
    /// - Throws: As ``get(_:)`` and ``set(_:for:)`` do, and what the change throws.
    @discardableResult
    public func update<Value, Result>(
        _ key: StateKey<Value>,
        default standard: @autoclosure () -> Value,
        _ change: (inout Value) throws -> Result
    ) async throws -> Result {
        var value = try await get(key) ?? standard()
        let result = try change(&value)
        try set(value, for: key)
        return result
    }

    private static func newer(_ schema: Int, _ key: StateKey<some Sendable>) -> WorkerError {
        WorkerError(
            .stateSchemaNewer,
            "'\(key.name)' has schema \(schema), and this program knows \(key.schema) at the most: a newer version of it wrote there"
        )
    }
}
