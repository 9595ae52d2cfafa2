public import Martlet

/// The state of a handler in a ``HandlerHarness``: in memory, empty at first, and there for the test to set and to look at.
public struct HarnessState: Sendable {
    let trial: TrialState

    /// The names of the keys that have a value, sorted.
    public var keys: [String] { trial.keys }

    /// Reads what the handler left.
    ///
    /// - Parameter key: Where it stands.
    /// - Returns: The value, or `nil` if there is none.
    /// - Throws: What the key's codec and upgrade throw.
    public func get<Value>(_ key: StateKey<Value>) throws -> Value? {
        try trial.value(key)
    }

    /// Sets what the handler finds; between its run and the settling of it, it makes the handler run again.
    ///
    /// - Parameters:
    ///   - value: The value; `nil` to remove it.
    ///   - key: Where it is to stand.
    /// - Throws: What the key's codec throws.
    public func set<Value>(_ value: Value?, for key: StateKey<Value>) throws {
        try trial.set(value, for: key)
    }
}
