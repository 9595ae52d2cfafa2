/// A request to the store, parsed where it lies: all places are absolute in the span that was parsed.
///
/// The four from ``getMany(_:)`` on are of the extension, which a session must have negotiated.
package enum StateRequest: Hashable, Sendable {
    /// SET, DEL or VDEL.
    case write(StateWrite)
    /// GET of the key that lies here.
    case get(Range<Int>)
    /// KEYNOTIFY: the client wants to hear of changes of the key.
    case watch(Range<Int>)
    /// KEYNOTIFY … STOP.
    case unwatch(Range<Int>)
    /// GETMANY: the arguments are keys.
    case getMany(StateArguments)
    /// GETNEW: the arguments are keys and versions by turns.
    case getNew(StateArguments)
    /// SCAN.
    case scan(StateScan)
    /// WATCH: the session wants to hear which keys with the prefix change.
    case watchPrefix(Range<Int>)
    /// WATCH … STOP.
    case unwatchPrefix(Range<Int>)
}
