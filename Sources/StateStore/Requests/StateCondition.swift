/// When a write is done.
package enum StateCondition: Hashable, Sendable {
    /// In any case.
    case always
    /// If there is no such key (`NX`, `IFV -`).
    case absent
    /// If there is no such key, or it has the value that is being set (`NEX`).
    case absentOrEqual
    /// If the key has this version (`IFV version`).
    case version(StateVersion)
    /// If the key has the value that lies here (`VDEL`).
    case valueEquals(Range<Int>)
}
