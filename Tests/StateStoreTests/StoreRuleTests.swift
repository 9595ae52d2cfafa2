import StateStore
import Testing

@Suite("The store's rules")
struct StoreRuleTests {
    private static func token(_ milliseconds: Int64) -> StateVersion {
        StateVersion(milliseconds: milliseconds, counter: 0, node: "holder")
    }

    @Test("Fencing follows the reference's table (state store §1.6)")
    func fencing() {
        var harness = StoreHarness()
        let k = utf8("k")
        let required = "-ERR \(StateError.tokenRequired.rawValue)\r\n"
        let outdated = "-ERR \(StateError.tokenOutdated.rawValue)\r\n"
        #expect(harness.execute(.set(key: k, value: [1])).text == "+OK\r\n")
        #expect(harness.execute(.set(key: k, value: [2]), token: Self.token(10)).text == "+OK\r\n")
        #expect(harness.execute(.set(key: k, value: [3])).text == required)
        #expect(harness.execute(.delete(key: k)).text == required)
        #expect(harness.execute(.deleteIfEqual(key: k, value: [2])).text == required)
        #expect(harness.execute(.set(key: k, value: [3]), token: Self.token(9)).text == outdated)
        #expect(harness.execute(.set(key: k, value: [3]), token: Self.token(10)).text == "+OK\r\n")
        #expect(harness.execute(.set(key: k, value: [4]), token: Self.token(20)).text == "+OK\r\n")
        #expect(harness.execute(.set(key: k, value: [5]), token: Self.token(10)).text == outdated)
        #expect(harness.execute(.get(key: k)).text == "$1\r\n\u{4}\r\n")
        #expect(harness.execute(.deleteIfEqual(key: k, value: [9]), token: Self.token(20)).text == ":-1\r\n")
        #expect(harness.execute(.delete(key: k), token: Self.token(21)).text == ":1\r\n")
        #expect(harness.execute(.set(key: k, value: [6])).text == "+OK\r\n")
        // A SET that is not applied leaves no token.
        #expect(harness.execute(.set(key: k, value: [7], condition: .absent), token: Self.token(30)).text == ":-1\r\n")
        #expect(harness.execute(.set(key: k, value: [8])).text == "+OK\r\n")
    }

    @Test("Times too far ahead are refused, and the limit itself is not")
    func drift() {
        var harness = StoreHarness()
        let (k, now) = (utf8("k"), harness.now)
        let set = StateCommand.set(key: k, value: []).payload
        #expect(
            harness.execute(set, timestamp: now + 60_001).text == "-ERR \(StateError.timestampTooFarAhead.rawValue)\r\n"
        )
        #expect(harness.execute(.get(key: k)).version == nil)
        let answer = harness.execute(set, timestamp: now + 60_000)
        #expect(answer.version?.instant == StateInstant(milliseconds: now + 60_000, counter: 1))
        #expect(harness.execute(set, timestamp: 0).version?.instant.counter == 2)
        let ahead = harness.execute(set, token: Self.token(now + 60_001))
        #expect(ahead.text == "-ERR \(StateError.tokenTooFarAhead.rawValue)\r\n")
    }

    @Test("A version is later than every one before, whatever the clock and the request say")
    func clock() throws {
        var clock = StateClock()
        #expect(try clock.tick(now: 100) == StateInstant(milliseconds: 100))
        #expect(try clock.tick(now: 100) == StateInstant(milliseconds: 100, counter: 1))
        #expect(try clock.tick(now: 50) == StateInstant(milliseconds: 100, counter: 2))
        let seen = StateInstant(milliseconds: 100, counter: 9)
        #expect(try clock.tick(now: 100, seeing: seen) == StateInstant(milliseconds: 100, counter: 10))
        let full = StateInstant(milliseconds: 200, counter: .max)
        #expect(try clock.tick(now: 150, seeing: full) == StateInstant(milliseconds: 201))
        #expect(try clock.tick(now: 300, seeing: seen) == StateInstant(milliseconds: 300))
        #expect(throws: StateError.timestampTooFarAhead) {
            try clock.tick(now: 300, seeing: StateInstant(milliseconds: .max, counter: 0))
        }
        #expect(try clock.tick(now: 300) == StateInstant(milliseconds: 300, counter: 1))
    }

    @Test("A key expires: readers miss it at once, expire() removes it, a renewal keeps it")
    func expiry() {
        var harness = StoreHarness()
        for number in 0..<100 {
            let lifetime = Int64(1 + number * 7 % 100)
            _ = harness.execute(.set(key: utf8("k\(number)"), value: [], lifetime: lifetime))
        }
        #expect(harness.store.nextExpiry == harness.now + 1)
        _ = harness.execute(.set(key: utf8("k0"), value: [], condition: .absentOrEqual, lifetime: 1_000))
        _ = harness.execute(.set(key: utf8("k1"), value: []))
        harness.now += 50
        let over = (2..<100).filter { 1 + $0 * 7 % 100 <= 50 }
        #expect(over.allSatisfy { harness.execute(.get(key: utf8("k\($0)"))).text == "$-1\r\n" })
        #expect(harness.store.count == 100)
        var removed: [StateRemoval] = []
        var rounds = 0
        while harness.store.nextExpiry <= harness.now {
            removed += harness.store.expire(now: harness.now, limit: 10)
            rounds += 1
        }
        #expect(rounds == (over.count + 9) / 10)
        #expect(Set(removed.map(\.key)) == Set(over.map { utf8("k\($0)") }))
        #expect(harness.store.count == 100 - over.count)
        #expect(removed.allSatisfy { $0.version.milliseconds == harness.now })
        harness.now += 10_000
        _ = harness.store.expire(now: harness.now, limit: .max)
        #expect(harness.store.count == 1 && harness.store.nextExpiry == .max)
    }

    @Test("Quotas refuse what is new and let the old be written over")
    func quotas() {
        let exceeded = "-ERR \(StateError.quotaExceeded.rawValue)\r\n"
        var harness = StoreHarness {
            $0.keys = 2
            $0.bytes = 20
            $0.keyBytes = 5
            $0.valueBytes = 10
        }
        #expect(harness.execute(.set(key: utf8("123456"), value: [])).text == exceeded)
        #expect(harness.execute(.set(key: utf8("a"), value: [UInt8](repeating: 0, count: 11))).text == exceeded)
        #expect(harness.execute(.set(key: utf8("a"), value: [UInt8](repeating: 0, count: 10))).text == "+OK\r\n")
        #expect(harness.execute(.set(key: utf8("b"), value: [UInt8](repeating: 0, count: 9))).text == exceeded)
        #expect(harness.execute(.set(key: utf8("b"), value: [UInt8](repeating: 0, count: 8))).text == "+OK\r\n")
        #expect(harness.execute(.set(key: utf8("c"), value: [])).text == exceeded)
        #expect(harness.execute(.set(key: utf8("b"), value: [UInt8](repeating: 1, count: 8))).text == "+OK\r\n")
        #expect(harness.execute(.set(key: utf8("b"), value: [UInt8](repeating: 1, count: 9))).text == exceeded)
        #expect(harness.execute(.delete(key: utf8("a"))).text == ":1\r\n")
        #expect(harness.execute(.set(key: utf8("c"), value: [])).text == "+OK\r\n")
    }

    @Test("The writes of one commit share the quota")
    func tally() {
        let harness = StoreHarness { $0.keys = 2 }
        let bytes = utf8("abc")
        var tally = StateTally()
        for place in 0..<3 {
            let write = StateWrite(.set, key: place..<place + 1)
            let refusal = harness.store.check(write, in: bytes.span, now: harness.now, tally: &tally)
            #expect(refusal == (place < 2 ? nil : .error(.quotaExceeded)))
        }
    }

    @Test("Watches are of a client and a key, and end with the client")
    func watches() throws {
        var store = StateStore()
        let (one, two) = (StateClient(1), StateClient(2))
        func watchers(_ key: String, _ store: borrowing StateStore) -> Set<StateClient> {
            var found: Set<StateClient> = []
            store.forEachWatcher(of: utf8(key).span) { #expect(found.insert($0).inserted) }
            return found
        }
        for key in ["a", "b", "a"] { try store.watch(utf8(key).span, client: one) }
        try store.watch(utf8("a").span, client: two)
        #expect(watchers("a", store) == [one, two] && watchers("b", store) == [one] && watchers("", store).isEmpty)
        let first = store.unwatch(utf8("a").span, client: one)
        let second = store.unwatch(utf8("a").span, client: one)
        #expect(first && !second)
        #expect(watchers("a", store) == [two])
        store.disconnect(one)
        store.disconnect(one)
        #expect(watchers("b", store).isEmpty && watchers("a", store) == [two] && store.hasWatches)
        store.disconnect(two)
        let isWatched = store.hasWatches
        #expect(!isWatched)
    }

    @Test("Prefixes are watched, too")
    func prefixWatches() throws {
        var configuration = StateStoreConfiguration()
        configuration.watchedPrefixes = 2
        configuration.watchesPerClient = 2
        var store = StateStore(configuration: configuration)
        let (one, two) = (StateClient(1), StateClient(2))
        try store.watchPrefix(utf8("w/").span, client: one)
        try store.watchPrefix(utf8("w/").span, client: one)
        try store.watchPrefix(utf8("w/").span, client: two)
        try store.watchPrefix([UInt8]().span, client: two)
        #expect(throws: StateError.quotaExceeded) { try store.watchPrefix(utf8("x").span, client: one) }
        var found: [StateClient] = []
        store.forEachPrefixWatcher(of: utf8("w/1").span) { found.append($0) }
        #expect(found == [one, two, two])
        store.disconnect(two)
        found = []
        store.forEachPrefixWatcher(of: utf8("w").span) { found.append($0) }
        #expect(found.isEmpty && store.hasPrefixWatches)
        let ended = store.unwatchPrefix(utf8("w/").span, client: one)
        #expect(ended && !store.hasPrefixWatches)
    }

    @Test("Limits of watches are kept")
    func watchLimits() throws {
        var configuration = StateStoreConfiguration()
        configuration.watches = 3
        configuration.watchesPerClient = 2
        var store = StateStore(configuration: configuration)
        try store.watch([1].span, client: StateClient(1))
        try store.watch([2].span, client: StateClient(1))
        #expect(throws: StateError.quotaExceeded) { try store.watch([3].span, client: StateClient(1)) }
        try store.watch([3].span, client: StateClient(2))
        #expect(throws: StateError.quotaExceeded) { try store.watch([4].span, client: StateClient(2)) }
    }

    @Test("Memory comes back: of keys that are gone, and of sizes that nobody has any more")
    func memory() {
        var harness = StoreHarness()
        func fill(_ length: Int, _ harness: inout StoreHarness) {
            for number in 0..<3_000 {
                _ = harness.execute(.set(key: utf8("key\(number)"), value: [UInt8](repeating: 7, count: length)))
            }
        }
        fill(60, &harness)
        let small = harness.store.allocatedBytes
        fill(600, &harness)
        let large = harness.store.allocatedBytes
        #expect(large > 3_000 * 600 && large < 3_000 * 800 + 1 << 20)
        fill(60, &harness)
        // At most one empty chunk of each size stays.
        #expect(harness.store.allocatedBytes < small + 256 << 10)
        for number in 0..<3_000 { _ = harness.execute(.delete(key: utf8("key\(number)"))) }
        #expect(harness.store.count == 0 && harness.store.storedBytes == 0)
        #expect(harness.store.allocatedBytes < 1 << 20)
    }

    @Test("A cursor that comes back wrong does no harm")
    func cursors() {
        var harness = StoreHarness()
        for number in 0..<50 { _ = harness.execute(.set(key: utf8("k\(number)"), value: [])) }
        let version = StateVersion(milliseconds: 1, counter: 0, node: "x")
        for cursor in ["9.9.9", "18446744073709551615.0.0", "0.1.1", "49.0.1", "3.5.18446744073709551615"] {
            for since in [nil, version] {
                let command = StateCommand.scan(prefix: [], cursor: utf8(cursor), count: 10, since: since)
                let answer = harness.execute(command).payload
                #expect((try? RESPValue.parse(answer.span)).flatMap { StatePage($0) } != nil)
            }
        }
        for cursor in ["x", "1", "1.2", "1.2.3.4", "1.2.", "-1.0.0", "18446744073709551616.0.0"] {
            let answer = harness.execute(.scan(prefix: [], cursor: utf8(cursor), count: 10))
            #expect(answer.text == "-ERR syntax error\r\n")
        }
    }

    @Test("A page of a SCAN ends by steps and by bytes, and the scan is whole all the same")
    func pages() {
        var harness = StoreHarness {
            $0.limits.stepsPerPage = 7
            $0.limits.answerBytes = 300
        }
        for number in 0..<60 {
            _ = harness.execute(
                .set(key: utf8("\(number % 2 == 0 ? "e" : "o")\(number)"), value: [UInt8](repeating: 1, count: 100))
            )
        }
        let pages = harness.scan("e", count: 1_000, values: true)
        #expect(pages.flatMap(\.entries).count == 30)
        #expect(pages.allSatisfy { $0.entries.count <= 3 } && pages.count >= 10)
        let zero = StateVersion(milliseconds: 0, counter: 0, node: "x")
        #expect(harness.scan("o", count: 1_000, since: zero).flatMap(\.entries).count == 30)
        #expect(harness.scan("none", count: 5).flatMap(\.entries).isEmpty)
    }
}
