import Testing

@testable import BrokerAccess

@Suite struct GlobPatternTests {
    private static func pattern(_ text: String) throws -> GlobPattern {
        let template = try AccessTemplate(text, allowsStars: true, allowsValues: false)
        return GlobPattern(try #require(template.parts(of: nil, group: nil)))
    }

    /// Whether a pattern of `a`, `b` and `*` matches, by trying every length for the first star.
    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        if first == "*" { return (0...text.count).contains { matches(rest, text.dropFirst($0)) } }
        return text.first == first && matches(rest, text.dropFirst())
    }

    private static func words(_ letters: [String], upTo length: Int) -> [String] {
        var all = [""]
        var longest = [""]
        for _ in 0..<length {
            longest = longest.flatMap { word in letters.map { word + $0 } }
            all += longest
        }
        return all
    }

    @Test func everyShortPatternMatchesAsTryingDoes() throws {
        let names = Self.words(["a", "b"], upTo: 5)
        var matched = 0
        for pattern in Self.words(["a", "b", "*"], upTo: 5) where !pattern.isEmpty {
            let compiled = try Self.pattern(pattern)
            for name in names {
                let expected = Self.matches(pattern[...], name[...])
                #expect(compiled.matches(name) == expected, "\(pattern) ~ \(name)")
                if expected { matched += 1 }
            }
        }
        #expect(matched > 0)
    }

    @Test func aStarCrossesSlashesAndCanBeWrittenAsItself() throws {
        #expect(try Self.pattern("orders/*").matches("orders/2026/7"))
        #expect(try !Self.pattern("orders/*").matches("orders"))
        #expect(try Self.pattern(#"a\*b"#).matches("a*b"))
        #expect(try !Self.pattern(#"a\*b"#).matches("axb"))
        #expect(try Self.pattern(#"a\\*"#).matches(#"a\b"#))
        #expect(throws: AccessTemplate.Problem.self) { try Self.pattern(#"a\b"#) }
        #expect(throws: AccessTemplate.Problem.self) { try Self.pattern(#"a\"#) }
    }
}
