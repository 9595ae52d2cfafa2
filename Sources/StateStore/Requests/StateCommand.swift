/// A request as clients make it.
package enum StateCommand: Hashable, Sendable {
    /// SET; the lifetime is in milliseconds.
    case set(key: [UInt8], value: [UInt8], condition: Condition = .always, lifetime: Int64? = nil)
    /// GET.
    case get(key: [UInt8])
    /// DEL; a condition other than always is of the extension, and of them only those by version are possible.
    case delete(key: [UInt8], condition: Condition = .always)
    /// VDEL.
    case deleteIfEqual(key: [UInt8], value: [UInt8])
    /// KEYNOTIFY.
    case watch(key: [UInt8])
    /// KEYNOTIFY … STOP.
    case unwatch(key: [UInt8])
    /// GETMANY (extension).
    case getMany(keys: [[UInt8]])
    /// GETNEW (extension).
    case getNew([StateKnown])
    /// SCAN (extension).
    case scan(prefix: [UInt8], cursor: [UInt8] = [], count: Int, wantsValues: Bool = false, since: StateVersion? = nil)
    /// WATCH (extension).
    case watchPrefix([UInt8])
    /// WATCH … STOP (extension).
    case unwatchPrefix([UInt8])
}

extension StateCommand {
    /// When a write is done.
    package enum Condition: Hashable, Sendable {
        /// In any case.
        case always
        /// If there is no such key (`NX`).
        case absent
        /// If there is no such key, or it has the value that is being set (`NEX`).
        case absentOrEqual
        /// If the key has this version (`IFV version`, extension).
        case version(StateVersion)
        /// If there is no such key, said as a version (`IFV -`, extension).
        case versionAbsent
    }
}

extension StateCommand {
    /// The bytes of the request.
    package var payload: [UInt8] {
        var list = RESPList()
        switch self {
        case .set(let key, let value, let condition, let lifetime):
            list.append("SET", key, value)
            list.append(condition)
            if let lifetime { list.append("PX", Array(String(lifetime).utf8)) }
        case .get(let key): list.append("GET", key)
        case .delete(let key, let condition):
            list.append("DEL", key)
            list.append(condition)
        case .deleteIfEqual(let key, let value): list.append("VDEL", key, value)
        case .watch(let key): list.append("KEYNOTIFY", key)
        case .unwatch(let key):
            list.append("KEYNOTIFY", key)
            list.append("STOP")
        case .getMany(let keys):
            list.append("GETMANY")
            for key in keys { list.append(bulk: key) }
        case .getNew(let known):
            list.append("GETNEW")
            for known in known {
                list.append(bulk: known.key)
                list.append(orNone: known.version)
            }
        case .scan(let prefix, let cursor, let count, let wantsValues, let since):
            list.append("SCAN", prefix, cursor)
            list.append(bulk: Array(String(count).utf8))
            if wantsValues { list.append("VALUES") }
            if let since {
                list.append("SINCE")
                list.append(orNone: since)
            }
        case .watchPrefix(let prefix): list.append("WATCH", prefix)
        case .unwatchPrefix(let prefix):
            list.append("WATCH", prefix)
            list.append("STOP")
        }
        return list.bytes
    }
}

extension RESPList {
    fileprivate mutating func append(_ condition: StateCommand.Condition) {
        switch condition {
        case .always: break
        case .absent: append("NX")
        case .absentOrEqual: append("NEX")
        case .version(let version):
            append("IFV")
            append(orNone: version)
        case .versionAbsent:
            append("IFV")
            append(orNone: nil)
        }
    }
}
