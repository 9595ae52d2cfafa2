import StateStore

/// A state store as one would write it in an hour: a dictionary.
///
/// What the real one answers is compared with it.
struct StoreModel {
    struct Entry: Equatable {
        var value: [UInt8]
        var version: StateVersion
        var expiresAt: Int64?
        var fence: StateVersion?
    }

    private(set) var entries: [[UInt8]: Entry] = [:]

    /// What is there for a reader.
    func entry(_ key: [UInt8], now: Int64) -> Entry? {
        guard let entry = entries[key], entry.expiresAt.map({ $0 > now }) ?? true else { return nil }
        return entry
    }

    /// What a write must answer if it is refused; nil if it must be done.
    func refusal(_ command: StateCommand, token: StateVersion?, now: Int64) -> StoreAnswer? {
        let (key, condition, value) = Self.parts(command)
        let stored = entry(key, now: now)
        if let fence = stored?.fence {
            guard let token else { return Self.answer("-ERR \(StateError.tokenRequired.rawValue)\r\n") }
            if token < fence { return Self.answer("-ERR \(StateError.tokenOutdated.rawValue)\r\n") }
        }
        let notApplied = StoreAnswer(payload: Array(":-1\r\n".utf8), version: stored?.version)
        switch command {
        case .deleteIfEqual:
            guard let stored else { return Self.answer(":0\r\n") }
            return stored.value == value ? nil : notApplied
        case .delete:
            switch condition {
            case .version(let version): return stored?.version == version && stored != nil ? nil : notApplied
            case .versionAbsent: return stored == nil ? Self.answer(":0\r\n") : notApplied
            default: return stored == nil ? Self.answer(":0\r\n") : nil
            }
        default:
            let applies =
                switch condition {
                case .always: true
                case .absent, .versionAbsent: stored == nil
                case .absentOrEqual: stored == nil || stored?.value == value
                case .version(let version): stored?.version == version
                }
            return applies ? nil : notApplied
        }
    }

    /// Does a write that was not refused.
    mutating func apply(_ command: StateCommand, token: StateVersion?, version: StateVersion, now: Int64) {
        switch command {
        case .set(let key, let value, _, let lifetime):
            let fence = token ?? entry(key, now: now)?.fence
            entries[key] = Entry(
                value: value,
                version: version,
                expiresAt: lifetime.map { now + $0 },
                fence: fence
            )
        case .delete(let key, _), .deleteIfEqual(let key, _): entries[key] = nil
        default: break
        }
    }

    /// Removes what is over, and says what.
    mutating func expire(now: Int64) -> Set<[UInt8]> {
        let over = Set(entries.filter { $0.value.expiresAt.map { $0 <= now } ?? false }.keys)
        for key in over { entries[key] = nil }
        return over
    }

    private static func answer(_ text: String) -> StoreAnswer { StoreAnswer(payload: Array(text.utf8), version: nil) }

    private static func parts(_ command: StateCommand) -> ([UInt8], StateCommand.Condition, [UInt8]) {
        switch command {
        case .set(let key, let value, let condition, _): (key, condition, value)
        case .delete(let key, let condition): (key, condition, [])
        case .deleteIfEqual(let key, let value): (key, .always, value)
        default: ([], .always, [])
        }
    }
}
