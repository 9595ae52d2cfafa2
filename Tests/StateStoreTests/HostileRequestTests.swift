import StateStore
import Testing

@Suite("Requests that are none")
struct HostileRequestTests {
    static func error(_ payload: [UInt8], offersExtension: Bool = false) -> StateError? {
        var envelope = StateEnvelope()
        envelope.timestamp = StateInstant(milliseconds: 1)
        do throws(StateError) {
            _ = try StateRequest.parse(
                payload.span,
                in: 0..<payload.count,
                envelope: envelope,
                offersExtension: offersExtension
            )
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "Bad framing is a syntax error",
        arguments: [
            "", "*", "*\r\n", "*0\r\n", "*-1\r\n", "*1\r\n", "$3\r\nGET\r\n", "GET k\r\n", "*2\r\n$3\r\nGET\r\n$1\r\nk",
            "*2\r\n$3\r\nGET\r\n$1\r\nk\r", "*2\n$3\nGET\n$1\nk\n", "*2\r\n$3\r\nGET\r\n$2\r\nk\r\n",
            "*2\r\n$3\r\nGET\r\n$-1\r\n", "*2\r\n$3\r\nGET\r\n$0001\r\nk\r\n", "*02\r\n$3\r\nGET\r\n$1\r\nk\r\n",
            "*+2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "*2 \r\n$3\r\nGET\r\n$1\r\nk\r\n", "*2\r\n$3\r\nGET\r\n$1\r\nkk\r\n",
            "*2\r\n$3\r\nGET\r\n$9999999999\r\nk\r\n", "*2\r\n$3\r\nGET\r\n$18446744073709551617\r\nk\r\n",
            "*9999999999\r\n$3\r\nGET\r\n$1\r\nk\r\n", "*4294967298\r\n$3\r\nGET\r\n$1\r\nk\r\n",
            "*2\r\n*1\r\n$3\r\nGET\r\n$1\r\nk\r\n", "*2\r\n+GET\r\n$1\r\nk\r\n", "*2\r\n$3\r\nGET\r\n:1\r\n",
            "*2\r\n$3\r\nGET\r\n$1\r\nk\r\nx", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n\r\n",
            "*3\r\n$9\r\nKEYNOTIFY\r\n$1\r\nk\r\n$4\r\nSTOB\r\n",
            "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nXX\r\n",
            "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nPX\r\n",
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nNX\r\n$3\r\nNEX\r\n",
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nNX\r\n$2\r\nNX\r\n",
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nEX\r\n$1\r\n1\r\n",
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$3\r\nIFV\r\n$1\r\n-\r\n",
        ]
    )
    func framing(text: String) {
        #expect(Self.error(utf8(text)) == .syntax)
    }

    @Test(
        "A lifetime is a whole number above zero",
        arguments: [
            "", "0", "-1", "+1", "1e3", "1.", ".5", "1.x", "x", "0.0", "9999999999999999", " 1", "1 ", "1.5.5",
            "18446744073709551617",
        ]
    )
    func lifetime(text: String) {
        let payload = utf8("*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nPX\r\n$\(text.utf8.count)\r\n\(text)\r\n")
        #expect(Self.error(payload) == .syntax)
    }

    @Test(
        "Other errors have their own texts",
        arguments: [
            ("*1\r\n$3\r\nGET\r\n", .wrongNumberOfArguments),
            ("*3\r\n$3\r\nGET\r\n$1\r\na\r\n$1\r\nb\r\n", .wrongNumberOfArguments),
            ("*2\r\n$3\r\nSET\r\n$1\r\na\r\n", .wrongNumberOfArguments),
            ("*1\r\n$3\r\nDEL\r\n", .wrongNumberOfArguments),
            ("*2\r\n$4\r\nVDEL\r\n$1\r\na\r\n", .wrongNumberOfArguments),
            ("*1\r\n$9\r\nKEYNOTIFY\r\n", .wrongNumberOfArguments),
            ("*1\r\n$4\r\nPING\r\n", .unknownCommand), ("*1\r\n$0\r\n\r\n", .unknownCommand),
            ("*2\r\n$4\r\nGET\0\r\n$1\r\nk\r\n", .unknownCommand),
            ("*2\r\n$10\r\nKEYNOTIFYX\r\n$1\r\nk\r\n", .unknownCommand),
            ("*2\r\n$8\r\nKEYNOTIF\r\n$1\r\nk\r\n", .unknownCommand),
            ("*2\r\n$7\r\nGETMANY\r\n$1\r\nk\r\n", .unknownCommand),
            ("*2\r\n$3\r\nGET\r\n$0\r\n\r\n", .emptyKey),
            ("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$1\r\nv\r\n", .emptyKey),
        ] as [(String, StateError)]
    )
    func others(text: String, error: StateError) {
        // KEYNOTIF of eight letters is the number that KEYNOTIFY is known by, and must not pass for it.
        #expect(Self.error(utf8(text)) == error)
    }

    @Test("Every cut and every changed byte of a request is refused or read, and nothing traps")
    func damage() {
        let payload = StateCommand.set(key: utf8("key"), value: utf8("value"), condition: .absentOrEqual, lifetime: 10)
            .payload
        for length in 0..<payload.count {
            #expect(Self.error(Array(payload[..<length])) == .syntax)
        }
        for place in payload.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = payload
                damaged[place] = byte
                _ = Self.error(damaged, offersExtension: true)
            }
        }
    }

    @Test("Answers that lie too deep in each other, or lie about their length, are refused")
    func deepAnswers() {
        let deep = utf8(String(repeating: "*1\r\n", count: 100) + ":1\r\n")
        #expect(throws: StateError.syntax) { try RESPValue.parse(deep.span) }
        for text in [
            "", "+OK", "+OK\r", ":\r\n", ":-\r\n", ":01\r\n", ":9999999999999999999\r\n", "$-2\r\n", "$1\r\na",
            "*1\r\n",
            "*1000000000\r\n", "+OK\r\n+OK\r\n", "?\r\n", "$-1\r\n$-1\r\n", "*-1\r\n",
        ] {
            #expect(throws: StateError.syntax) { try RESPValue.parse(utf8(text).span) }
        }
    }
}
