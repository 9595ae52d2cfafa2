import MQTTPackets

/// Reads one operation of a commit, whose framing was checked.
struct CommitParser {
    private var reader: RESPReader
    private var left: Int
    private let limits: StateLimits
    private let packetLimits: PacketLimits

    init(_ bytes: Span<UInt8>, _ elements: StateArguments, limits: StateLimits, packetLimits: PacketLimits) {
        reader = RESPReader(elements.range)
        left = elements.count
        self.limits = limits
        self.packetLimits = packetLimits
    }

    mutating func step(_ bytes: Span<UInt8>) throws(CommitProblem) -> CommitStep {
        let step: CommitStep
        switch try word(bytes) {
        case RESPWord.ack: step = .acknowledge(id: try identity(bytes))
        case RESPWord.retry:
            let id = try identity(bytes)
            let delay = try delay(bytes)
            step = .retry(id: id, delay: delay, reason: try next(bytes))
        case RESPWord.set: step = .write(try write(.set, bytes))
        case RESPWord.del: step = .write(try write(.delete, bytes))
        case RESPWord.check:
            let key = try key(bytes)
            step = .check(key: key, version: try version(bytes))
        case RESPWord.publish: step = .publish(try publish(bytes))
        default: throw CommitProblem("unknown operation")
        }
        guard left == 0 else { throw CommitProblem("more arguments than the operation takes") }
        return step
    }

    // MARK: Elements

    private mutating func next(_ bytes: Span<UInt8>) throws(CommitProblem) -> Range<Int> {
        guard left > 0 else { throw CommitProblem("fewer arguments than the operation takes") }
        left -= 1
        do { return try reader.bulk(bytes) } catch { throw CommitProblem(error) }
    }

    private mutating func word(_ bytes: Span<UInt8>) throws(CommitProblem) -> UInt64 {
        let range = try next(bytes)
        // Verbs and options of commits are ours alone: capital letters only.
        for position in range where bytes[position] & 0x20 != 0 { return 0 }
        return RESPWord.word(bytes, range)
    }

    private mutating func identity(_ bytes: Span<UInt8>) throws(CommitProblem) -> Range<Int> {
        let id = try next(bytes)
        guard !id.isEmpty else { throw CommitProblem("the identity of the delivery is empty") }
        return id
    }

    private mutating func key(_ bytes: Span<UInt8>) throws(CommitProblem) -> Range<Int> {
        let key = try next(bytes)
        guard !key.isEmpty else { throw CommitProblem(.emptyKey) }
        return key
    }

    private mutating func version(_ bytes: Span<UInt8>) throws(CommitProblem) -> StateVersion? {
        let range = try next(bytes)
        do { return try StateVersion.orNone(bytes, range) } catch { throw CommitProblem(error) }
    }

    /// A number from 0 to a bound.
    private mutating func number(_ bytes: Span<UInt8>, upTo bound: UInt64) throws(CommitProblem) -> UInt64 {
        let range = try next(bytes)
        guard !range.isEmpty, range.count <= 15 else { throw CommitProblem("no number, or too long a one") }
        var value: UInt64 = 0
        for position in range {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { throw CommitProblem("no number") }
            value = value &* 10 &+ UInt64(digit)
        }
        guard value <= bound else { throw CommitProblem("the number is above \(bound)") }
        return value
    }

    private mutating func delay(_ bytes: Span<UInt8>) throws(CommitProblem) -> Int64 {
        Int64(try number(bytes, upTo: CommitReader.maximumDelay))
    }

    // MARK: State

    private mutating func write(_ action: StateAction, _ bytes: Span<UInt8>) throws(CommitProblem) -> StateWrite {
        var write = StateWrite(action, key: try key(bytes))
        if action == .set { write.value = try next(bytes) }
        while left > 0 {
            switch try word(bytes) {
            case RESPWord.ifv where write.condition == .always:
                if let version = try version(bytes) {
                    write.condition = .version(version)
                } else {
                    write.condition = .absent
                }
            case RESPWord.px where action == .set && write.lifetime == nil:
                let range = try next(bytes)
                do { write.lifetime = try StateRequest.lifetime(bytes, range) } catch { throw CommitProblem(error) }
            case RESPWord.ft where write.fencingToken == nil:
                guard let token = try version(bytes) else { throw CommitProblem(.malformedTimestamp) }
                write.fencingToken = token
            default: throw CommitProblem("unknown option, or one that stands twice")
            }
        }
        return write
    }

    // MARK: Messages

    private mutating func publish(_ bytes: Span<UInt8>) throws(CommitProblem) -> CommitPublish {
        let topic = try next(bytes)
        guard TopicName.isValid(bytes.extracting(topic), limits: packetLimits) else {
            throw CommitProblem("the topic is no topic name, or past the limits")
        }
        let payload = try next(bytes)
        var publish = CommitPublish(
            topic: topic,
            payload: payload,
            options: StateArguments(count: left, range: reader.position..<reader.end)
        )
        var seen = CommitOptions()
        while left > 0 { try option(bytes, &publish, &seen) }
        return publish
    }

    private mutating func option(
        _ bytes: Span<UInt8>,
        _ publish: inout CommitPublish,
        _ seen: inout CommitOptions
    ) throws(CommitProblem) {
        let word = try word(bytes)
        if word == RESPWord.up {
            seen.userProperties += 1
            guard seen.userProperties <= limits.userPropertiesPerPublish else {
                throw CommitProblem("more than \(limits.userPropertiesPerPublish) user properties")
            }
            try text(bytes)
            return try text(bytes)
        }
        guard seen.insert(word) else { throw CommitProblem("unknown option, or one that stands twice") }
        switch word {
        case RESPWord.qos: publish.qos = UInt8(try number(bytes, upTo: 2))
        case RESPWord.retain: publish.retain = true
        case RESPWord.expiry: publish.expiry = UInt32(try number(bytes, upTo: UInt64(UInt32.max)))
        case RESPWord.format: _ = try number(bytes, upTo: 1)
        case RESPWord.type: try text(bytes)
        case RESPWord.correlat: try data(bytes)
        default:
            let range = try next(bytes)
            guard TopicName.isValid(bytes.extracting(range), limits: packetLimits) else {
                throw CommitProblem("the response topic is no topic name, or past the limits")
            }
        }
    }

    private mutating func text(_ bytes: Span<UInt8>) throws(CommitProblem) {
        let range = try next(bytes)
        guard range.count <= Int(UInt16.max), UTF8Text.isWellFormed(bytes, in: range) else {
            throw CommitProblem("a text is too long, not well-formed UTF-8, or holds U+0000")
        }
    }

    private mutating func data(_ bytes: Span<UInt8>) throws(CommitProblem) {
        guard try next(bytes).count <= Int(UInt16.max) else { throw CommitProblem("the correlation data is too long") }
    }
}

extension CommitReader {
    /// The longest delay of a RETRY, in milliseconds: 30 days.
    static let maximumDelay: UInt64 = 30 * 86_400_000
}
