import StateStore
import Testing

/// The bytes of the reference's table (state store §1.3), in both directions.
@Suite("Requests, byte for byte")
struct RequestVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var command: StateCommand
        var bytes: [UInt8]
        var testDescription: String { name }

        init(_ name: String, _ command: StateCommand, _ text: String) {
            self.name = name
            self.command = command
            bytes = hex(text)
        }
    }

    static let vectors: [Vector] = [
        Vector(
            "SET",
            .set(key: utf8("k"), value: utf8("v")),
            "2a330d0a24330d0a5345540d0a24310d0a6b0d0a24310d0a760d0a"
        ),
        Vector(
            "SET NX",
            .set(key: utf8("k"), value: utf8("v"), condition: .absent),
            "2a340d0a24330d0a5345540d0a24310d0a6b0d0a24310d0a760d0a24320d0a4e580d0a"
        ),
        Vector(
            "SET NEX PX",
            .set(key: utf8("k"), value: utf8("v"), condition: .absentOrEqual, lifetime: 10_000),
            """
            2a360d0a24330d0a5345540d0a24310d0a6b0d0a24310d0a760d0a24330d0a4e45580d0a24320d0a50580d0a24350d0a31303030300d0a
            """
        ),
        Vector(
            "SET of an empty value",
            .set(key: utf8("k"), value: []),
            "2a330d0a24330d0a5345540d0a24310d0a6b0d0a24300d0a0d0a"
        ),
        Vector("GET", .get(key: utf8("k")), "2a320d0a24330d0a4745540d0a24310d0a6b0d0a"),
        Vector("DEL", .delete(key: utf8("k")), "2a320d0a24330d0a44454c0d0a24310d0a6b0d0a"),
        Vector(
            "VDEL",
            .deleteIfEqual(key: utf8("k"), value: utf8("v")),
            "2a330d0a24340d0a5644454c0d0a24310d0a6b0d0a24310d0a760d0a"
        ),
        Vector("KEYNOTIFY", .watch(key: utf8("k")), "2a320d0a24390d0a4b45594e4f544946590d0a24310d0a6b0d0a"),
        Vector(
            "KEYNOTIFY STOP",
            .unwatch(key: utf8("k")),
            "2a330d0a24390d0a4b45594e4f544946590d0a24310d0a6b0d0a24340d0a53544f500d0a"
        ),
    ]

    @Test("What our client writes is what the reference says", arguments: vectors)
    func write(vector: Vector) {
        #expect(vector.command.payload == vector.bytes)
    }

    @Test("What the reference says is read as what it means", arguments: vectors)
    func read(vector: Vector) throws {
        #expect(try Self.meaning(vector.bytes) == vector.command)
    }

    @Test("SET PX is read, in small letters, too, and a fraction rounded up")
    func lifetimes() throws {
        for (text, lifetime) in [("10000", 10_000), ("1000.5", 1_001), ("1000.0", 1_000), ("1", 1)] {
            let payload = utf8(
                "*5\r\n$3\r\nset\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\npx\r\n$\(text.utf8.count)\r\n\(text)\r\n"
            )
            let expected = StateCommand.set(key: utf8("k"), value: utf8("v"), lifetime: Int64(lifetime))
            #expect(try Self.meaning(payload) == expected)
        }
    }

    @Test("Options may stand in any order")
    func order() throws {
        let payload = utf8("*6\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nPX\r\n$1\r\n5\r\n$2\r\nNX\r\n")
        let expected = StateCommand.set(key: utf8("k"), value: utf8("v"), condition: .absent, lifetime: 5)
        #expect(try Self.meaning(payload) == expected)
    }

    static let version = StateVersion(milliseconds: 7, counter: 1, node: "n")

    @Test(
        "Our extension goes both ways",
        arguments: [
            .set(key: [0, 13, 10], value: [0xFF], condition: .version(version), lifetime: 3),
            .set(key: utf8("k"), value: [], condition: .versionAbsent),
            .delete(key: utf8("k"), condition: .version(version)),
            .delete(key: utf8("k"), condition: .versionAbsent),
            .getMany(keys: [utf8("a"), utf8("b")]),
            .getNew([StateKnown(key: utf8("a"), version: nil), StateKnown(key: utf8("b"), version: version)]),
            .scan(prefix: [], count: 10),
            .scan(prefix: utf8("p"), cursor: utf8("1.2.3"), count: 7, wantsValues: true, since: version),
            .watchPrefix(utf8("p")), .unwatchPrefix([]),
        ] as [StateCommand]
    )
    func extended(command: StateCommand) throws {
        let expected: StateCommand =
            switch command {
            // Said in two ways, meaning one.
            case .set(let key, let value, .versionAbsent, let lifetime):
                .set(key: key, value: value, condition: .absent, lifetime: lifetime)
            // A request keeps of SINCE what it needs.
            case .scan(let prefix, let cursor, let count, let values, .some):
                .scan(
                    prefix: prefix,
                    cursor: cursor,
                    count: count,
                    wantsValues: values,
                    since: StateVersion(milliseconds: 7, counter: 1, node: "")
                )
            default: command
            }
        #expect(try Self.meaning(command.payload) == expected)
        #expect(throws: (StateError.self)) {
            try Self.meaning(command.payload, offersExtension: false)
        }
    }

    /// What the parser reads, as a command.
    static func meaning(_ payload: [UInt8], offersExtension: Bool = true) throws -> StateCommand {
        var envelope = StateEnvelope()
        envelope.timestamp = StateInstant(milliseconds: 1)
        let request = try StateRequest.parse(
            payload.span,
            in: 0..<payload.count,
            envelope: envelope,
            offersExtension: offersExtension
        )
        func copy(_ range: Range<Int>) -> [UInt8] { Array(payload[range]) }
        func items(_ arguments: StateArguments) -> [[UInt8]] {
            let array = utf8("*\(arguments.count)\r\n") + payload[arguments.range]
            guard case .array(let values) = try? RESPValue.parse(array.span) else { return [] }
            return values.map { value in
                if case .bulk(let bytes) = value { bytes } else { [] }
            }
        }
        switch request {
        case .write(let write): return command(write, copy)
        case .get(let key): return .get(key: copy(key))
        case .watch(let key): return .watch(key: copy(key))
        case .unwatch(let key): return .unwatch(key: copy(key))
        case .getMany(let keys): return .getMany(keys: items(keys))
        case .getNew(let known):
            let items = items(known)
            return .getNew(
                stride(from: 0, to: items.count, by: 2).map {
                    let text = String(decoding: items[$0 + 1], as: UTF8.self)
                    return StateKnown(key: items[$0], version: StateVersion(text))
                }
            )
        case .scan(let scan):
            let cursor = scan.cursor.isEmpty ? "" : "\(scan.cursor.position).\(scan.cursor.mark).\(scan.cursor.bound)"
            return .scan(
                prefix: copy(scan.prefix),
                cursor: utf8(cursor),
                count: scan.count,
                wantsValues: scan.wantsValues,
                since: scan.since.map { StateVersion(instant: $0, node: "") }
            )
        case .watchPrefix(let prefix): return .watchPrefix(copy(prefix))
        case .unwatchPrefix(let prefix): return .unwatchPrefix(copy(prefix))
        }
    }

    private static func command(_ write: StateWrite, _ copy: (Range<Int>) -> [UInt8]) -> StateCommand {
        if case .valueEquals(let value) = write.condition {
            return .deleteIfEqual(key: copy(write.key), value: copy(value))
        }
        let condition: StateCommand.Condition =
            switch write.condition {
            case .absent: write.action == .set ? .absent : .versionAbsent
            case .absentOrEqual: .absentOrEqual
            case .version(let version): .version(version)
            default: .always
            }
        return write.action == .set
            ? .set(key: copy(write.key), value: copy(write.value), condition: condition, lifetime: write.lifetime)
            : .delete(key: copy(write.key), condition: condition)
    }
}
