import MQTTPackets
import Testing

/// Topic names and filters (§4.7, §4.8.2).
@Suite struct TopicFilterTests {
    @Test(
        arguments: [
            ("a", "a", true), ("a", "b", false), ("a", "a/", false), ("a", "/a", false), ("a", "A", false),
            ("a/b", "a/b", true), ("a/b", "a", false), ("a", "a/b", false),
            ("#", "a", true), ("#", "a/b/c", true), ("#", "/", true), ("#", "$SYS/x", false), ("#", "$", false),
            ("a/#", "a", true), ("a/#", "a/", true), ("a/#", "a/b/c", true), ("a/#", "ab", false), ("a/#", "b", false),
            ("+", "a", true), ("+", "a/b", false), ("+", "/a", false), ("+", "$SYS", false),
            ("/+", "/a", true), ("+/+", "/a", true), ("+/+", "a", false), ("+/", "a/", true), ("+/", "a", false),
            ("a/+", "a/", true), ("a/+", "a", false), ("a/+/c", "a/b/c", true), ("a/+/c", "a//c", true),
            ("a/+/c", "a/b/d", false), ("a/+/c", "a/b/c/d", false), ("+/b/#", "a/b", true), ("+/b/#", "a/b/c", true),
            ("+/b/#", "$a/b", false), ("$SYS/#", "$SYS/x", true), ("$SYS/#", "$SYS", true), ("$SYS/+", "$SYS/x", true),
            ("/", "/", true), ("/", "//", false), ("//", "//", true), ("é", "e\u{301}", false), ("é", "\u{E9}", true),
            ("$share/g/a/+", "a/b", true), ("$share/g/#", "$SYS/x", false), ("$share/g//a", "/a", true),
            ("$share/g/$SYS/#", "$SYS/x", true), ("a/b/#", "a", false), ("a", "", false), ("#", "", false),
        ]
    )
    func matches(filter: String, topic: String, expected: Bool) throws {
        #expect(try TopicFilter(filter).matches(topic: topic) == expected)
    }

    @Test(
        arguments: [
            "", "a#", "#a", "a/#/b", "##", "#/", "a+", "+a", "a/+b/c", "a/b+", "++", "+#",
            "$share/", "$share/g", "$share//a", "$share/g/", "$share/+/a", "$share/#/a", "$share/g+/a", "$share/g/a#",
        ]
    )
    func refuses(filter: String) {
        let error = #expect(throws: PacketError.self) { try TopicFilter(filter) }
        #expect(error?.reasonCode == .topicFilterInvalid)
    }

    @Test func refusesWhatNoLogShouldShow() {
        for filter in ["a\u{0}b", String(repeating: "/", count: 200), String(repeating: "x", count: 65_536)] {
            #expect(throws: PacketError.self) { try TopicFilter(filter) }
        }
        #expect(!TopicName.isValid("a\u{0}"))
        #expect(!TopicName.isValid(String(repeating: "x", count: 65_536)))
    }

    @Test func takesSharesApart() throws {
        let filter = try TopicFilter("$share/workers/a/+/#")
        #expect(filter.string == "$share/workers/a/+/#")
        #expect(filter.share == "workers")
        #expect(filter.levels == [.name([UInt8(ascii: "a")]), .anyLevel, .anyRest])
        #expect(try TopicFilter("$share").share == nil)
        #expect(try TopicFilter("$shared/a/b").share == nil)
        #expect(try TopicFilter("/").levels == [.name([]), .name([])])
    }

    @Test func areTheSameByTheirBytes() throws {
        let composed = try TopicFilter("\u{E9}")
        let decomposed = try TopicFilter("e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, try TopicFilter("\u{E9}")]).count == 2)
    }

    @Test func limitsAreKept() throws {
        let limits = PacketLimits(maximumTopicLength: 5, maximumTopicLevels: 3)
        #expect(throws: Never.self) { try TopicFilter("a/b/c", limits: limits) }
        #expect(throws: Never.self) { try TopicFilter("$share/group/a/b/c", limits: limits) }
        #expect(throws: PacketError.self) { try TopicFilter("a/b/", limits: PacketLimits(maximumTopicLevels: 2)) }
        #expect(throws: PacketError.self) { try TopicFilter("abcdef", limits: limits) }
        #expect(TopicName.isValid("a/b/c", limits: limits))
        #expect(!TopicName.isValid("////", limits: limits))
        #expect(!TopicName.isValid("abcdef", limits: limits))
    }

    @Test(arguments: [("a/b", true), ("", false), ("+", false), ("a/#", false), ("$SYS", true)])
    func topicNames(topic: String, valid: Bool) {
        #expect(TopicName.isValid(topic) == valid)
    }
}
