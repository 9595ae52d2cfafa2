/// A SET or DEL where it lies in the bytes of a request.
package struct StateWrite: Hashable, Sendable {
    /// What it does.
    package var action: StateAction
    /// Where the key lies.
    package var key: Range<Int>
    /// Where the value lies; empty in a DEL.
    package var value: Range<Int>
    /// When it is done.
    package var condition: StateCondition
    /// Milliseconds until the key expires (`PX`); nil if it does not.
    ///
    /// A SET without `PX` ends an earlier lifetime.
    package var lifetime: Int64?
    /// The fencing token of the request.
    package var fencingToken: StateVersion?
    /// Whether the request asks for durability by `aio-persistence`.
    package var isPersistent = false

    /// Makes a write.
    ///
    /// - Parameters:
    ///   - action: What it does.
    ///   - key: Where the key lies.
    ///   - value: Where the value lies.
    ///   - condition: When it is done.
    ///   - lifetime: Milliseconds until the key expires.
    ///   - fencingToken: The fencing token of the request.
    ///   - isPersistent: Whether the request asks for durability.
    package init(
        _ action: StateAction,
        key: Range<Int>,
        value: Range<Int> = 0..<0,
        condition: StateCondition = .always,
        lifetime: Int64? = nil,
        fencingToken: StateVersion? = nil,
        isPersistent: Bool = false
    ) {
        self.action = action
        self.key = key
        self.value = value
        self.condition = condition
        self.lifetime = lifetime
        self.fencingToken = fencingToken
        self.isPersistent = isPersistent
    }
}
