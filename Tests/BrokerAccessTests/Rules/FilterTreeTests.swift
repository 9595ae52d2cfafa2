import MQTTPackets
import Testing

@testable import BrokerAccess

/// What a filter covers is decided level by level; here it is held against counting out the topics.
@Suite struct FilterTreeTests {
    /// Names that filters use, and one more of each kind that no filter uses: a stand-in for all other names.
    private static let names = ["a", "", "$s"]
    private static let topicNames = names + ["other", "$other"]

    /// All texts of one to `depth` levels.
    private static func paths(_ levels: [String], depth: Int) -> [String] {
        var all: [String] = []
        var longest = levels
        for _ in 0..<depth {
            all += longest
            longest = longest.flatMap { path in levels.map { path + "/" + $0 } }
        }
        return all
    }

    private static func filters(depth: Int) -> [String] {
        let plain = paths(names + ["+"], depth: depth)
        let open = [""] + paths(names + ["+"], depth: depth - 1)
        let rests = open.enumerated().map { $0 == 0 ? "#" : $1 + "/#" }
        return plain.filter { !$0.isEmpty } + rests
    }

    private static func tree(_ filters: [String]) throws -> FilterTree {
        FilterTree(try filters.map { try TopicFilter($0).levels })
    }

    @Test func everyPairOfShortFiltersIsDecidedAsCountingDecides() throws {
        let filters = Self.filters(depth: 3)
        let topics = Self.paths(Self.topicNames, depth: 4).filter { !$0.isEmpty }
        let matched = try filters.map { text in
            let filter = try TopicFilter(text)
            return Set(topics.indices.filter { filter.matches(topic: topics[$0]) })
        }
        var covered = 0
        for (allowed, allowedTopics) in zip(filters, matched) {
            let tree = try Self.tree([allowed])
            for (wanted, wantedTopics) in zip(filters, matched) {
                let decided = tree.covers(text: wanted)
                #expect(decided == wantedTopics.isSubset(of: allowedTopics), "\(allowed) covers \(wanted)")
                if decided { covered += 1 }
            }
        }
        // Each covers itself at least, and not each covers each.
        #expect(covered > filters.count && covered < filters.count * filters.count / 2)
    }

    @Test(arguments: UInt64(1)...40)
    func treesOfManyFiltersDecideAsCountingDoes(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let all = Self.filters(depth: 4)
        let topics = Self.paths(Self.topicNames, depth: 3).filter { !$0.isEmpty }
        let deeper = (0..<300).map { _ in
            (0..<(4 + random.next(below: 2))).map { _ in Self.topicNames[random.next(below: 5)] }.joined(separator: "/")
        }
        let chosen = (0..<(1 + random.next(below: 12))).map { _ in all[random.next(below: all.count)] }
        let tree = try Self.tree(chosen)
        let oracle = try chosen.map { try TopicFilter($0) }
        for topic in topics + deeper {
            let expected = oracle.contains { $0.matches(topic: topic) }
            #expect(tree.matches(text: topic) == expected, "\(chosen) match \(topic)")
        }
        let single = try chosen.map { try Self.tree([$0]) }
        for _ in 0..<300 {
            let wanted = all[random.next(below: all.count)]
            let expected = single.contains { $0.covers(text: wanted) }
            #expect(tree.covers(text: wanted) == expected, "\(chosen) cover \(wanted)")
        }
    }

    @Test(arguments: ["", "a/#/b", "a#", "#a", "a+/b", "+a", "a/b+", "##", "#/", "a/+#"])
    func whatIsNoFilterIsNotCovered(text: String) throws {
        let tree = try Self.tree(["#", "a/#", "+/+"])
        #expect(!tree.covers(text: text))
    }

    @Test func anEmptyTreeAllowsNothing() {
        let tree = FilterTree([])
        #expect(tree.isEmpty)
        #expect(!tree.matches(text: "a"))
        #expect(!tree.covers(text: "a"))
    }

    @Test func topicsAsDeepAsTheLimitAreWalked() throws {
        let deep = Array(repeating: "a", count: 200)
        let tree = try Self.tree([
            deep.joined(separator: "/"), Array(repeating: "+", count: 200).joined(separator: "/"),
        ])
        #expect(tree.matches(text: deep.joined(separator: "/")))
        #expect(!tree.matches(text: deep.dropLast().joined(separator: "/")))
        #expect(tree.covers(text: (deep.dropLast() + ["+"]).joined(separator: "/")))
    }
}
