import CrashPoints
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite("Crash points")
struct CrashPointsTests {
    /// Comes to every point in order, again and again, and says each time so before.
    private static func walk(rounds: Int, arming: String?) {
        if let arming { setenv(CrashPoints.variable, arming, 1) }
        for _ in 0..<rounds {
            for point in CrashPoint.allCases {
                let word = "\(point.rawValue) "
                write(1, word, word.utf8.count)
                point.reached()
            }
        }
    }

    private static func numbers(_ output: [UInt8]) -> [Int] {
        String(decoding: output, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    }

    @Test("Tests are built with them")
    func compiledIn() {
        #expect(CrashPoints.areCompiledIn)
    }

    @Test("A process dies at its point, exactly when the count is full", arguments: CrashPoint.allCases)
    func dies(point: CrashPoint) async throws {
        let arming = CrashPointArming(point, count: 5).description
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            [arming = arming as String] in
            Self.walk(rounds: 6, arming: arming)
        }
        let numbers = Self.numbers(try #require(result).standardOutputContent)
        #expect(numbers.count { $0 == point.rawValue } == 5)
        #expect(numbers.count == 4 * CrashPoint.allCases.count + point.rawValue)
    }

    @Test("A count that is not full kills nobody")
    func lives() async throws {
        await #expect(processExitsWith: .exitCode(7)) {
            Self.walk(rounds: 4, arming: "9:5")
            exit(7)
        }
    }

    @Test("A process that is not armed comes past all points")
    func unarmed() async throws {
        await #expect(processExitsWith: .exitCode(7)) {
            Self.walk(rounds: 10, arming: nil)
            exit(7)
        }
    }

    @Test(
        "What is no arming is refused aloud, not passed over",
        arguments: ["", "3", "0:1", "19:1", "3:0", "a:1", "3:1:1"]
    )
    func refused(text: String) async throws {
        #expect(CrashPointArming(text) == nil)
        await #expect(processExitsWith: .failure) { [text = text as String] in
            Self.walk(rounds: 1, arming: text)
        }
    }

    @Test("Numbers are those of the contract: odd before a step, even behind it")
    func numbering() {
        #expect(CrashPoint.allCases.map(\.rawValue) == Array(1...18))
        for point in CrashPoint.allCases {
            #expect("\(point)".hasPrefix(point.rawValue.isMultiple(of: 2) ? "after" : "before"))
        }
    }
}
