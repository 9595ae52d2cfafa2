extension StateRequest {
    /// Reads the payload of a request, and joins it with its envelope.
    ///
    /// Verbs and options may be written small, too: the clients of the protocol write them large, its documentation small.
    ///
    /// - Parameters:
    ///   - bytes: Where the payload lies.
    ///   - payload: Which bytes it is.
    ///   - envelope: What the properties of the same PUBLISH say.
    ///   - offersExtension: Whether the session negotiated our extension; without it its verbs are unknown commands.
    ///   - limits: The bounds of a request.
    /// - Returns: The request, with all places absolute in the span.
    /// - Throws: The error to answer with.
    package static func parse(
        _ bytes: Span<UInt8>,
        in payload: Range<Int>,
        envelope: StateEnvelope,
        offersExtension: Bool,
        limits: StateLimits = .default
    ) throws(StateError) -> StateRequest {
        var reader = RESPReader(payload)
        let count = try reader.array(bytes)
        guard count > 0 else { throw .syntax }
        let verb = RESPWord.word(bytes, try reader.bulk(bytes))
        var request: StateRequest
        switch verb {
        case RESPWord.set: request = .write(try set(bytes, &reader, count, offersExtension))
        case RESPWord.get: request = .get(try onlyKey(bytes, &reader, count))
        case RESPWord.del: request = .write(try delete(bytes, &reader, count, offersExtension))
        case RESPWord.vdel: request = .write(try deleteIfEqual(bytes, &reader, count))
        case RESPWord.keynotif: request = try watch(bytes, &reader, count)
        default:
            guard offersExtension else { throw .unknownCommand }
            request = try extended(verb, bytes, &reader, count, limits)
        }
        guard reader.isAtEnd else { throw .syntax }
        if envelope.isMalformed { throw .malformedTimestamp }
        if case .write(var write) = request {
            if write.action == .set, envelope.timestamp == nil { throw .missingTimestamp }
            write.fencingToken = envelope.fencingToken
            write.isPersistent = envelope.isPersistent
            request = .write(write)
        }
        return request
    }

    private static func set(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int,
        _ offersExtension: Bool
    ) throws(StateError) -> StateWrite {
        guard count >= 3 else { throw .wrongNumberOfArguments }
        var write = StateWrite(.set, key: try key(bytes, &reader), value: try reader.bulk(bytes))
        var left = count &- 3
        while left > 0 {
            left &-= 1
            switch RESPWord.word(bytes, try reader.bulk(bytes)) {
            case RESPWord.nx where write.condition == .always: write.condition = .absent
            case RESPWord.nex where write.condition == .always: write.condition = .absentOrEqual
            case RESPWord.ifv where offersExtension && left > 0 && write.condition == .always:
                write.condition = try expectation(bytes, &reader)
                left &-= 1
            case RESPWord.px where left > 0 && write.lifetime == nil:
                write.lifetime = try lifetime(bytes, reader.bulk(bytes))
                left &-= 1
            default: throw .syntax
            }
        }
        return write
    }

    private static func delete(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int,
        _ offersExtension: Bool
    ) throws(StateError) -> StateWrite {
        guard count == 2 || (offersExtension && count == 4) else { throw .wrongNumberOfArguments }
        var write = StateWrite(.delete, key: try key(bytes, &reader))
        if count == 4 {
            guard RESPWord.word(bytes, try reader.bulk(bytes)) == RESPWord.ifv else { throw .syntax }
            write.condition = try expectation(bytes, &reader)
        }
        return write
    }

    private static func deleteIfEqual(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int
    ) throws(StateError) -> StateWrite {
        guard count == 3 else { throw .wrongNumberOfArguments }
        let key = try key(bytes, &reader)
        return StateWrite(.delete, key: key, condition: .valueEquals(try reader.bulk(bytes)))
    }

    private static func watch(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int
    ) throws(StateError) -> StateRequest {
        guard count == 2 || count == 3 else { throw .wrongNumberOfArguments }
        let key = try key(bytes, &reader)
        if count == 2 { return .watch(key) }
        guard RESPWord.word(bytes, try reader.bulk(bytes)) == RESPWord.stop else { throw .syntax }
        return .unwatch(key)
    }

    private static func onlyKey(
        _ bytes: Span<UInt8>,
        _ reader: inout RESPReader,
        _ count: Int
    ) throws(StateError) -> Range<Int> {
        guard count == 2 else { throw .wrongNumberOfArguments }
        return try key(bytes, &reader)
    }

    @inline(__always)
    static func key(_ bytes: Span<UInt8>, _ reader: inout RESPReader) throws(StateError) -> Range<Int> {
        let key = try reader.bulk(bytes)
        guard !key.isEmpty else { throw .emptyKey }
        return key
    }

    /// Reads what stands behind `IFV`: a version, or `-` for no such key.
    static func expectation(_ bytes: Span<UInt8>, _ reader: inout RESPReader) throws(StateError) -> StateCondition {
        guard let version = try StateVersion.orNone(bytes, reader.bulk(bytes)) else { return .absent }
        return .version(version)
    }

    /// Reads milliseconds: a positive number; a fraction, which one client can write, is rounded up.
    static func lifetime(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(StateError) -> Int64 {
        var position = range.lowerBound
        var value: Int64 = 0
        while position < range.upperBound, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            guard position &- range.lowerBound < StateWrite.maximumLifetimeDigits else { throw .syntax }
            value = value &* 10 &+ Int64(digit)
            position &+= 1
        }
        guard position > range.lowerBound else { throw .syntax }
        if position < range.upperBound {
            guard bytes[position] == UInt8(ascii: "."), range.upperBound &- position > 1 else { throw .syntax }
            var hasRest = false
            for place in position &+ 1..<range.upperBound {
                guard bytes[place] &- UInt8(ascii: "0") < 10 else { throw .syntax }
                hasRest = hasRest || bytes[place] != UInt8(ascii: "0")
            }
            if hasRest { value &+= 1 }
        }
        guard value > 0 else { throw .syntax }
        return value
    }
}

extension StateWrite {
    /// How many digits a lifetime may have: 31,000 years in milliseconds.
    static let maximumLifetimeDigits = 15
}

extension StateVersion {
    /// Reads a version, or `-` for none.
    static func orNone(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(StateError) -> StateVersion? {
        if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "-") { return nil }
        guard let version = StateVersion(bytes, in: range) else { throw .malformedTimestamp }
        return version
    }
}
