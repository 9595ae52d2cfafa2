/// The verbs of our extension.
extension StateRequest {
    static func extended(
        _ verb: UInt64,
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int,
        _ limits: StateLimits
    ) throws(StateError) -> StateRequest {
        switch verb {
        case RESPWord.getmany:
            guard count >= 2 else { throw .wrongNumberOfArguments }
            return .getMany(try arguments(bytes, &reader, count &- 1, limits))
        case RESPWord.getnew:
            guard count >= 3, count % 2 == 1 else { throw .wrongNumberOfArguments }
            return .getNew(try pairs(bytes, &reader, (count &- 1) / 2, limits))
        case RESPWord.scan:
            return .scan(try scan(bytes, &reader, count, limits))
        case RESPWord.watch:
            guard count == 2 || count == 3 else { throw .wrongNumberOfArguments }
            let prefix = try reader.bulk(bytes)
            if count == 2 { return .watchPrefix(prefix) }
            guard RESPWord.word(bytes, try reader.bulk(bytes)) == RESPWord.stop else { throw .syntax }
            return .unwatchPrefix(prefix)
        default:
            throw .unknownCommand
        }
    }

    private static func arguments(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int,
        _ limits: StateLimits
    ) throws(StateError) -> StateArguments {
        guard count <= limits.keysPerRequest else { throw .quotaExceeded }
        let start = reader.position
        for _ in 0..<count { _ = try key(bytes, &reader) }
        return StateArguments(count: count, range: start..<reader.position)
    }

    private static func pairs(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int,
        _ limits: StateLimits
    ) throws(StateError) -> StateArguments {
        guard count <= limits.keysPerRequest else { throw .quotaExceeded }
        let start = reader.position
        for _ in 0..<count {
            _ = try key(bytes, &reader)
            _ = try StateVersion.orNone(bytes, reader.bulk(bytes))
        }
        return StateArguments(count: count &* 2, range: start..<reader.position)
    }

    private static func scan(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int,
        _ limits: StateLimits
    ) throws(StateError) -> StateScan {
        guard count >= 4 else { throw .wrongNumberOfArguments }
        let prefix = try reader.bulk(bytes)
        guard let cursor = StateCursor(bytes, in: try reader.bulk(bytes)) else { throw .syntax }
        // A whole number above zero is what a lifetime is, too.
        let wanted = try lifetime(bytes, reader.bulk(bytes))
        var scan = StateScan(prefix: prefix, cursor: cursor, count: Int(min(wanted, Int64(limits.keysPerPage))))
        var left = count &- 4
        while left > 0 {
            left &-= 1
            switch RESPWord.word(bytes, try reader.bulk(bytes)) {
            case RESPWord.values where !scan.wantsValues: scan.wantsValues = true
            case RESPWord.since where left > 0 && scan.since == nil:
                guard let since = StateInstant.parse(bytes, in: try reader.bulk(bytes)) else {
                    throw .malformedTimestamp
                }
                scan.since = since.instant
                left &-= 1
            default: throw .syntax
            }
        }
        return scan
    }
}
